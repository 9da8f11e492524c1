import { createHash, createHmac } from 'node:crypto';
import { BATCH_BYTES, BATCH_EVENTS, WEBHOOK_TIMEOUT_MS } from './limits.js';
import { NotNowError, type Patience } from './patience.js';

/** What became of messages that CPEmon answered for. */
export interface Delivered {
  accepted: number;
  /** By the code of the refusal. */
  refused: Map<string, number>;
}

/**
 * Posts messages to acs-ingest and returns when each of them is committed there or refused for good.
 * @throws what the patience throws, and an Error with a sentence for what no other try will mend
 */
export type Deliver = (messages: readonly object[], signal: AbortSignal) => Promise<Delivered>;

export interface DeliveryOptions {
  /** Of acs-ingest: "http://127.0.0.1:8081". */
  url: string;
  /** One of its WEBHOOK_SECRETS; undefined where it takes unsigned bodies. */
  secret?: string;
  /** Each message by itself, signed as Standard Webhooks say: for an acs-ingest that takes nothing else. */
  standard?: boolean;
  patience: Patience;
  timeoutMs?: number;
}

/** A body that another try would not help. */
const REFUSED = new Set([400, 409, 413, 422]);
/** The address or the secret is wrong: nothing gets in until a person acts. */
const MISCONFIGURED = new Set([401, 403, 404, 405, 415]);

export function createDelivery({
  url,
  secret,
  standard = false,
  patience,
  timeoutMs = WEBHOOK_TIMEOUT_MS,
}: DeliveryOptions): Deliver {
  const address = new URL('acs/webhook', url.endsWith('/') ? url : `${url}/`);

  const headersFor = (body: Buffer): Record<string, string> => ({
    'content-type': 'application/json',
    ...(secret === undefined ? {} : standard ? standardHeaders(body, secret) : bodySignature(body, secret)),
  });

  const post = async (body: Buffer, signal: AbortSignal): Promise<Answer> => {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: headersFor(body),
        body,
        signal: AbortSignal.any([signal, deadline]),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      signal.throwIfAborted();
      const { cause, message } = error as Error;
      const why = deadline.aborted
        ? `no answer within ${timeoutMs / 1000} s`
        : cause instanceof Error && cause.message !== ''
          ? cause.message
          : message;
      throw new NotNowError(`acs-ingest at ${url} does not answer: ${why}`);
    }
  };

  const deliverBatch = async (
    texts: readonly string[],
    to: Delivered,
    signal: AbortSignal,
  ): Promise<void> => {
    const body = Buffer.from(standard ? texts[0]! : `[${texts.join(',')}]`);
    const { status, text } = await patience.until(async () => {
      const answer = await post(body, signal);
      if (answer.status === 202 || REFUSED.has(answer.status)) return answer;
      if (MISCONFIGURED.has(answer.status)) throw misconfigured(answer, url);
      const seconds = Number(answer.headers.get('retry-after') ?? 0);
      throw new NotNowError(
        `acs-ingest at ${url} answers HTTP ${answer.status} ${codeOf(answer.text)}`.trimEnd(),
        seconds > 0 ? Math.min(seconds, 300) * 1000 : 0,
      );
    });
    const refused = refusedIn(text);
    if (status === 202 || refused.length === texts.length) {
      for (const reason of refused) add(to.refused, reason, 1);
      to.accepted += texts.length - refused.length;
      return;
    }
    if (texts.length === 1) return add(to.refused, codeOf(text) || `http_${status}`, 1);
    // One of them spoils the body: halves until it stands alone.
    const half = Math.ceil(texts.length / 2);
    await deliverBatch(texts.slice(0, half), to, signal);
    await deliverBatch(texts.slice(half), to, signal);
  };

  return async (messages, signal) => {
    const delivered: Delivered = { accepted: 0, refused: new Map() };
    for (const batch of batchesOf(
      messages.map((message) => JSON.stringify(message)),
      standard ? 1 : BATCH_EVENTS,
    )) {
      await deliverBatch(batch, delivered, signal);
    }
    return delivered;
  };
}

/**
 * No `webhook-id`: it would name the body, and the same event in another body would be another one. Without it an event
 * is known by its device, time and content, however the pages fall after a restart.
 */
const bodySignature = (body: Buffer, secret: string): Record<string, string> => ({
  'x-cpemon-signature': createHmac('sha256', secret).update(body).digest('hex'),
});

/** The id is made of the message, so that it is the same whenever that is sent. */
function standardHeaders(body: Buffer, secret: string): Record<string, string> {
  const id = `genieacs-${createHash('sha256').update(body).digest('hex').slice(0, 40)}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

function misconfigured({ status, text }: Answer, url: string): Error {
  const hint =
    status === 401 || status === 403 ? 'the secret is not one of its WEBHOOK_SECRETS' : 'is it acs-ingest?';
  return new Error(`acs-ingest at ${url} refuses what is sent: HTTP ${status} ${codeOf(text)} (${hint})`);
}

function* batchesOf(texts: readonly string[], mostEvents: number): Iterable<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = Buffer.byteLength(text) + 1;
    if (batch.length > 0 && (batch.length === mostEvents || bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(text);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Reads `rejected: [{index, reason}]`; a 202 without it means that all was taken. */
function refusedIn(text: string): string[] {
  try {
    const { rejected } = JSON.parse(text) as { rejected?: unknown };
    return Array.isArray(rejected)
      ? rejected.map((one: { reason?: string } | null) => one?.reason ?? 'unknown')
      : [];
  } catch {
    return [];
  }
}

/** The stable code of a problem document (RFC 9457), or ''. */
function codeOf(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === 'string' ? code : '';
  } catch {
    return '';
  }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
