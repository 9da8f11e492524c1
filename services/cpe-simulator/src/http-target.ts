import { Client, Pool, type Dispatcher } from 'undici';
import type { NoAnswerReason, Outcome } from './outcome.js';
import { lookupPrivate } from './target-address.js';

export interface HttpRequest {
  method?: 'POST' | 'PUT';
  /** Path and query. */
  path: string;
  body: string | Buffer;
  headers: Record<string, string>;
}

export interface HttpAnswer {
  kind: 'answered';
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}
export type Unanswered = Extract<Outcome, { kind: 'unanswered' }>;

/** Requests one after the other, or each for itself. */
export interface HttpConnection {
  /** Never rejects. */
  exchange(request: HttpRequest): Promise<HttpAnswer | Unanswered>;
  /** Hangs up; requests in hand end as unanswered. */
  close(): Promise<void>;
}

/** A place that reports are posted to, over a bounded pool of keep-alive connections. */
export interface HttpTarget extends HttpConnection {
  /** Path of the target's address, without a slash at its end. */
  readonly prefix: string;
  /** `exchange`, with what the answer means for what was sent. */
  send(request: HttpRequest): Promise<Outcome>;
  /** A connection of its own, as a CPE makes one for each session. */
  connect(): HttpConnection;
}

export interface HttpTargetOptions {
  url: URL;
  maxConnections: number;
  /** From sending to the last byte of the answer. */
  requestTimeoutMs: number;
  allowPublicTarget: boolean;
}

/** Our answers are short; the longest is a batch with a reason for each of its events. */
const MAX_ANSWER_BYTES = 1_000_000;
const CONNECT_TIMEOUT_MS = 5000;

export function createHttpTarget(options: HttpTargetOptions): HttpTarget {
  const { url, maxConnections, requestTimeoutMs } = options;
  const connection = {
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      ...(options.allowPublicTarget ? {} : { lookup: lookupPrivate }),
    },
    // The time limit of the whole request is ours, below.
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
  };
  const pool = new Pool(url.origin, { ...connection, connections: maxConnections });
  const through = createExchange(pool, requestTimeoutMs);
  return {
    prefix: url.pathname.replace(/\/$/, ''),
    exchange: through,
    send: async (request) => {
      const answer = await through(request);
      return answer.kind === 'answered' ? outcomeOf(answer) : answer;
    },
    connect: () => {
      const client = new Client(url.origin, connection);
      return { exchange: createExchange(client, requestTimeoutMs), close: () => client.destroy() };
    },
    close: () => pool.destroy(),
  };
}

function createExchange(dispatcher: Dispatcher, timeoutMs: number): HttpConnection['exchange'] {
  return async ({ method = 'POST', path, body, headers }) => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    try {
      const response = await dispatcher.request({ method, path, body, headers, signal: limit.signal });
      const text = await readAnswer(response.body);
      return { kind: 'answered', status: response.statusCode, headers: response.headers, text };
    } catch (error) {
      return { kind: 'unanswered', reason: limit.signal.aborted ? 'timeout' : reasonOf(error) };
    } finally {
      clearTimeout(timer);
    }
  };
}

class AnswerTooLargeError extends Error {}

/** Reads to the end, so that the connection can be used again; breaks off what is too long to be an answer. */
async function readAnswer(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new AnswerTooLargeError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What an answer other than 2xx means. */
export const refusalOf = ({ status, headers }: HttpAnswer): Extract<Outcome, { kind: 'refused' }> => ({
  kind: 'refused',
  status,
  retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
});

function outcomeOf(answer: HttpAnswer): Outcome {
  if (answer.status < 200 || answer.status > 299) return refusalOf(answer);
  // A login page or a proxy's greeting is no acknowledgement, whatever its status says.
  if (/^\s*</.test(answer.text)) return { kind: 'unanswered', reason: 'not_our_answer' };
  return { kind: 'accepted', rejected: rejectedIn(answer.text) };
}
/** Reads `{accepted, rejected: [{index, reason}]}`; any other body of a 2xx means that all was taken. */
function rejectedIn(text: string): { index: number; reason: string }[] {
  if (!text.includes('"rejected"')) return [];
  try {
    const { rejected } = JSON.parse(text) as { rejected?: unknown };
    if (!Array.isArray(rejected)) return [];
    return rejected.flatMap((entry: { index?: unknown; reason?: unknown } | null) =>
      typeof entry?.index === 'number' ? [{ index: entry.index, reason: String(entry.reason) }] : [],
    );
  } catch {
    return [];
  }
}

/** Milliseconds that `Retry-After` asks for, as seconds or as a date; 0 without a usable one (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return 0;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - nowMs);
}

/** Errors while the connection was being made; the same codes later on mean that it broke. */
const CONNECT_REASONS: Record<string, NoAnswerReason> = {
  ECONNREFUSED: 'connection_refused',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ETIMEDOUT: 'connect_timeout',
  CPEMON_PUBLIC_ADDRESS: 'forbidden_address',
};
const RESET_CODES = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

function reasonOf(error: unknown): NoAnswerReason {
  if (error instanceof AnswerTooLargeError) return 'answer_too_large';
  // A name with several addresses fails with one error for each; the first tells enough.
  const cause = (error instanceof AggregateError ? error.errors[0] : error) as NodeJS.ErrnoException;
  const code = cause.code ?? '';
  const duringConnect = cause.syscall === 'connect' || cause.syscall === 'getaddrinfo';
  if (duringConnect) return CONNECT_REASONS[code] ?? 'unreachable';
  if (RESET_CODES.has(code)) return 'reset';
  if (/CERT|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO/.test(code)) return 'tls_failed';
  return CONNECT_REASONS[code] ?? 'broken_answer';
}
