import type { IncomingMessage } from 'node:http';
import { PROCESS_BODY_BUDGET, type BodyBudget } from './body-budget.js';

export interface BodyReceiver {
  /** The whole body, at most the limit. */
  complete(body: Buffer): void;
  /** It passed the limit: what was read is forgotten, and the rest will be as it comes. */
  tooLarge(): void;
  /** Too many bodies are on their way in: what was read is forgotten, and the rest will be as it comes. */
  noRoom(): void;
  /** `complete` threw: a mistake of ours, which must not end the process. Absent: `complete` never does. */
  failed?(error: unknown): void;
  /** The sender went away before its end; nobody waits for an answer. */
  aborted(): void;
}

const EMPTY = Buffer.alloc(0);

/** Reads a request's body and calls one of the receiver's functions, once. */
export function receiveBody(
  request: IncomingMessage,
  limitBytes: number,
  receiver: BodyReceiver,
  budget: BodyBudget = PROCESS_BODY_BUDGET,
): void {
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > limitBytes) {
    receiver.tooLarge();
    return;
  }
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let length = 0;
  let settled = false;
  /** What was read is out of our hands from here on. */
  const settle = (): void => {
    settled = true;
    budget.give(length);
    first = chunks = undefined;
  };
  request.on('data', (chunk: Buffer) => {
    if (settled) return;
    if (length + chunk.length > limitBytes) {
      settle();
      receiver.tooLarge();
    } else if (!budget.take(chunk.length, limitBytes)) {
      settle();
      receiver.noRoom();
    } else {
      length += chunk.length;
      if (first === undefined) first = chunk;
      else (chunks ??= [first]).push(chunk);
    }
  });
  request.on('end', () => {
    if (settled) return;
    const body = chunks === undefined ? (first ?? EMPTY) : Buffer.concat(chunks, length);
    settle();
    try {
      receiver.complete(body);
    } catch (error) {
      if (receiver.failed === undefined) throw error;
      receiver.failed(error);
    }
  });
  const gone = (): void => {
    if (settled) return;
    settle();
    receiver.aborted();
  };
  request.on('error', gone);
  request.on('close', gone);
}
