import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertSettings, ReceiverSettings } from '@cpemon/alerts';
import type { SteadyConnection } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';
import { noteFailed, noteReceiverWell, readActiveAlerts } from '@cpemon/store';
import {
  postedAlerts,
  RESEND_EVERY_MS,
  RESOLVED_RESENT_MS,
  type AlertmanagerReceiver,
} from './alertmanager.js';
import type { AlertSettingsFile } from './alert-settings-file.js';
import { retryAfterMs, sendWaiting, type WebhookReceiver } from './outbox-sender.js';
import { postJson } from './send-http.js';

export interface DeliveryOptions {
  link: Pick<SteadyConnection, 'run'>;
  settings: Pick<AlertSettingsFile, 'current' | 'secretOf'>;
  logger: Logger;
  onSent?: (outcome: 'sent' | 'failed' | 'dead', count: number) => void;
  signal: AbortSignal;
  /** How often each receiver is looked after. 1 s */
  everyMs?: number;
  resendEveryMs?: number;
}

const EVERY_MS = 1000;
const STATEMENT_WITHIN_MS = 5000;

/** Sends to every receiver, each at its own pace: one that hangs keeps no other waiting. Until the signal. */
export async function deliver(options: DeliveryOptions): Promise<void> {
  const { settings, signal, everyMs = EVERY_MS } = options;
  const busy = new Map<string, Promise<void>>();
  const resentAt = new Map<string, number>();
  while (!signal.aborted) {
    for (const receiver of settings.current().receivers) {
      if (busy.has(receiver.name)) continue;
      const work = look(receiver, options, resentAt)
        .catch((error: unknown) => {
          if (!signal.aborted)
            options.logger.warn({ err: error, receiver: receiver.name }, 'Cannot look after a receiver');
        })
        .finally(() => busy.delete(receiver.name));
      busy.set(receiver.name, work);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(busy.values());
}

async function look(
  receiver: ReceiverSettings,
  options: DeliveryOptions,
  resentAt: Map<string, number>,
): Promise<void> {
  const { settings, signal } = options;
  if (receiver.type === 'webhook') {
    const keyOf = ({ secret }: WebhookReceiver): Promise<Buffer | null> => settings.secretOf(secret);
    const { link, onSent } = options;
    const sender = { link, keyOf, signal, ...(onSent === undefined ? {} : { onSent }) };
    while ((await sendWaiting(receiver, sender)) > 0 && !signal.aborted);
    return;
  }
  const now = performance.now();
  const { resendEveryMs = RESEND_EVERY_MS } = options;
  if (now - (resentAt.get(receiver.name) ?? -Infinity) < resendEveryMs) return;
  resentAt.set(receiver.name, now);
  await resend(receiver, options);
}

/** To every replica: they are a cluster that agrees on who tells, not on what is on. */
async function resend(receiver: AlertmanagerReceiver, options: DeliveryOptions): Promise<void> {
  const { link, signal, onSent } = options;
  const at = Date.now();
  const alerts = await link.run(STATEMENT_WITHIN_MS, (connection) =>
    readActiveAlerts(connection, at - RESOLVED_RESENT_MS),
  );
  const body = JSON.stringify(postedAlerts(receiver, alerts, at));
  await Promise.all(
    receiver.urls.map(async (url, index) => {
      const name = `${receiver.name}/${index}`;
      const outcome = await postJson(new URL('api/v2/alerts', withSlash(url)).href, body, {}, signal);
      if (signal.aborted) return;
      onSent?.(outcome.ok ? 'sent' : 'failed', 1);
      await link.run(STATEMENT_WITHIN_MS, (connection) =>
        outcome.ok
          ? noteReceiverWell(connection, name)
          : noteFailed(connection, {
              ...{ receiver: name, error: outcome.error },
              againInMs: retryAfterMs(0, Math.random()),
            }),
      );
    }),
  );
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

/** Names of receivers whose state is kept, as `readReceiverStates` has them. */
export const receiverNames = ({ receivers }: AlertSettings): string[] =>
  receivers.flatMap((receiver) =>
    receiver.type === 'webhook'
      ? [receiver.name]
      : receiver.urls.map((_url, index) => `${receiver.name}/${index}`),
  );
