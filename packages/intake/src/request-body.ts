import type { IncomingMessage } from 'node:http';

export interface BodyReceiver {
  /** The whole body, at most the limit. */
  complete(body: Buffer): void;
  /** It passed the limit: what was read is forgotten, and the rest will be as it comes. */
  tooLarge(): void;
  /** The sender went away before its end; nobody waits for an answer. */
  aborted(): void;
}

const EMPTY = Buffer.alloc(0);

/** Reads a request's body and calls one of the receiver's functions, once. */
export function receiveBody(request: IncomingMessage, limitBytes: number, receiver: BodyReceiver): void {
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > limitBytes) {
    receiver.tooLarge();
    return;
  }
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let length = 0;
  let settled = false;
  request.on('data', (chunk: Buffer) => {
    if (settled) return;
    length += chunk.length;
    if (length > limitBytes) {
      settled = true;
      first = chunks = undefined;
      receiver.tooLarge();
    } else if (first === undefined) first = chunk;
    else (chunks ??= [first]).push(chunk);
  });
  request.on('end', () => {
    if (settled) return;
    settled = true;
    receiver.complete(chunks === undefined ? (first ?? EMPTY) : Buffer.concat(chunks, length));
  });
  const gone = (): void => {
    if (settled) return;
    settled = true;
    first = chunks = undefined;
    receiver.aborted();
  };
  request.on('error', gone);
  request.on('close', gone);
}
