import { createHmac } from 'node:crypto';

/** What a receiver answered; `answer` is the beginning of its body. */
export type SendOutcome = { ok: true; answer: string } | { ok: false; error: string };

/** A receiver that does not answer within this is tried again later. */
export const ANSWER_WITHIN_MS = 10_000;
/** A process that stops lets the receiver finish its answer, so that what it took is not sent again. */
const STOP_GRACE_MS = 3000;
/** Little in an answer is of interest; so much of it is read, so that the connection can be used again. */
const READ_OF_ANSWER_BYTES = 16 * 1024;

/** Headers of Standard Webhooks 1.0. @param at epoch ms */
export function signedHeaders(
  id: string,
  at: number,
  body: string,
  key: Buffer | null,
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (key === null) return headers;
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

/**
 * Posts JSON. Every answer but 2xx is a failure, a redirect as well: a secret goes only where it was told to.
 * @param signal ends it early, after a moment in which it may end by itself
 */
export const postJson = (
  url: string,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<SendOutcome> => send('POST', url, signal, headers, body);

/** As `postJson`, without a body. */
export const sendDelete = (url: string, signal: AbortSignal): Promise<SendOutcome> =>
  send('DELETE', url, signal, {});

async function send(
  method: 'POST' | 'DELETE',
  url: string,
  signal: AbortSignal,
  headers: Record<string, string>,
  body?: string,
): Promise<SendOutcome> {
  const late = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    grace = setTimeout(() => late.abort(), STOP_GRACE_MS);
  };
  if (signal.aborted) onStop();
  else signal.addEventListener('abort', onStop, { once: true });
  try {
    const response = await fetch(url, {
      ...{ method, redirect: 'manual' },
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...{ 'user-agent': 'cpemon', ...headers },
      },
      signal: AbortSignal.any([late.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    const answer = await readSome(response);
    if (response.ok) return { ok: true, answer };
    return { ok: false, error: `answered ${response.status}` };
  } catch (error) {
    const { cause, message, name } = error as Error;
    const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
    if (name === 'TimeoutError') return { ok: false, error: `no answer within ${ANSWER_WITHIN_MS / 1000} s` };
    return { ok: false, error: code ?? why ?? message };
  } finally {
    clearTimeout(grace);
    signal.removeEventListener('abort', onStop);
  }
}

async function readSome(response: Response): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return '';
  const parts: Uint8Array[] = [];
  for (let bytes = 0; bytes < READ_OF_ANSWER_BYTES;) {
    const part = await reader.read();
    if (part.done) return Buffer.concat(parts).toString();
    parts.push(part.value);
    bytes += part.value.byteLength;
  }
  await reader.cancel();
  return Buffer.concat(parts).subarray(0, READ_OF_ANSWER_BYTES).toString();
}
