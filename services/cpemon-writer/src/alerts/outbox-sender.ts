import type { ReceiverSettings } from '@cpemon/alerts';
import type { SteadyConnection } from '@cpemon/event-log';
import {
  giveUpOldMessages,
  noteFailed,
  noteSent,
  readWaitingMessages,
  type OutboxMessage,
} from '@cpemon/store';
import type { Tracing } from '@cpemon/tracing';
import { tracedDelivery } from './delivery-traces.js';
import { postJson, signedHeaders, type SendOutcome } from './send-http.js';

export type WebhookReceiver = Extract<ReceiverSettings, { type: 'webhook' }>;

export interface OutboxSenderOptions {
  link: Pick<SteadyConnection, 'run'>;
  keyOf: (receiver: WebhookReceiver) => Promise<Buffer | null>;
  onSent?: (outcome: 'sent' | 'failed' | 'dead', count: number) => void;
  signal: AbortSignal;
  /** Absent: there are no traces. */
  tracing?: Tracing | undefined;
  /** Epoch ms, for the time that is signed. */
  now?: () => number;
}

/** Messages sent to a receiver in one go, before others that wait for the database have their turn. */
const MESSAGES_AT_ONCE = 20;
/** After this what was to be told is no news: it is given up, and stays visible as dead. */
export const MESSAGE_LIVES_HOURS = 24;
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 5 * 60_000;
const STATEMENT_WITHIN_MS = 5000;
const JITTER = 0.2;

/** 2 s · 2ⁿ, at most 5 min, ±20 %. @param random 0 to 1 */
export function retryAfterMs(attempts: number, random: number): number {
  const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 20));
  return Math.round(base * (1 - JITTER + 2 * JITTER * random));
}

/**
 * Sends what waits for one receiver, in order: one that is not taken keeps the later ones back, and nobody else.
 * @returns how many were sent
 */
export async function sendWaiting(receiver: WebhookReceiver, options: OutboxSenderOptions): Promise<number> {
  const { link, signal, onSent, now = Date.now } = options;
  const { name } = receiver;
  const run: SteadyConnection['run'] = (withinMs, work) => link.run(withinMs, work);
  const dead = await run(STATEMENT_WITHIN_MS, (connection) =>
    giveUpOldMessages(connection, name, MESSAGE_LIVES_HOURS),
  );
  if (dead > 0) onSent?.('dead', dead);
  const waiting = await run(STATEMENT_WITHIN_MS, (connection) =>
    readWaitingMessages(connection, name, MESSAGES_AT_ONCE),
  );
  let sent = 0;
  for (const message of waiting) {
    if (signal.aborted) break;
    const outcome = await sendOne(receiver, message, options, now());
    if (signal.aborted && !outcome.ok) break;
    if (!outcome.ok) {
      const againInMs = retryAfterMs(message.attempts, Math.random());
      await run(STATEMENT_WITHIN_MS, (connection) =>
        noteFailed(connection, { receiver: name, error: outcome.error, againInMs }, message),
      );
      onSent?.('failed', 1);
      break;
    }
    await run(STATEMENT_WITHIN_MS, (connection) => noteSent(connection, message));
    onSent?.('sent', 1);
    sent += 1;
  }
  return sent;
}

async function sendOne(
  receiver: WebhookReceiver,
  message: OutboxMessage,
  { keyOf, signal, tracing }: OutboxSenderOptions,
  at: number,
): Promise<SendOutcome> {
  let key: Buffer | null;
  try {
    key = await keyOf(receiver);
  } catch (error) {
    return { ok: false, error: (error as Error).message };
  }
  const { messageId, body } = message;
  const headers = signedHeaders(messageId, at, body, key);
  return tracedDelivery(tracing, message, (ofTrace) =>
    postJson(receiver.url, body, { ...headers, ...ofTrace }, signal),
  );
}
