import { createHmac, randomUUID } from 'node:crypto';
import type { CapturedFile } from './captured-file.js';
import type { Connection } from './connection.js';
import { exchangeOf, type Exchange } from './exchange.js';

/** How the bodies of a sender that holds no sessions go out. */
export type HeadersOf = (file: CapturedFile) => Record<string, string>;

/** Posts each file by itself, in order, on one connection; a refusal does not keep the next from being sent. */
export async function sendBodies(
  files: readonly CapturedFile[],
  connection: Connection,
  headersOf: HeadersOf,
  report: (exchange: Exchange) => void,
): Promise<void> {
  for (const file of files) {
    const headers = { ...bodyHeaders(file), ...headersOf(file) };
    report(exchangeOf(file.name, await connection.post(file.bytes, headers)));
  }
}

/** A webhook of an ACS, signed over the bytes that are sent; unsigned without a secret. */
export const asAcs =
  (secret: string | undefined): HeadersOf =>
  ({ bytes }) =>
    secret === undefined
      ? {}
      : { 'X-Signature': `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}` };

/** Copies of what a CPE sent to its ACS: a session of it has one cookie, by which the copies are joined. */
export function asMirror(token: string | undefined): HeadersOf {
  const cookie = `session=${randomUUID()}`;
  return () => ({ SOAPAction: '', Cookie: cookie, ...bearer(token) });
}

/** A heartbeat agent with a bearer token. */
export const asHeartbeat =
  (token: string | undefined): HeadersOf =>
  () =>
    bearer(token);

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { Authorization: `Bearer ${token}` };

const bodyHeaders = ({ format, isGzip }: CapturedFile): Record<string, string> => ({
  'Content-Type': format === 'json' ? 'application/json' : 'text/xml',
  ...(isGzip ? { 'Content-Encoding': 'gzip' } : {}),
});
