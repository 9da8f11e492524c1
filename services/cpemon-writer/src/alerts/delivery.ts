import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertSettings, ReceiverSettings } from '@cpemon/alerts';
import type { SteadyConnection } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';
import type { Tracing } from '@cpemon/tracing';
import { noteFailed, noteReceiverWell, readActiveAlerts } from '@cpemon/store';
import {
  postedAlerts,
  RESEND_EVERY_MS,
  RESOLVED_RESENT_MS,
  type AlertmanagerReceiver,
} from './alertmanager.js';
import { createAlertmanagerMutes, mutedAlerts, type AlertmanagerMutes } from './alertmanager-mutes.js';
import type { AlertSettingsFile } from './alert-settings-file.js';
import { readPlans } from './notifications.js';
import { retryAfterMs, sendWaiting, type WebhookReceiver } from './outbox-sender.js';
import { postJson } from './send-http.js';

export interface DeliveryOptions {
  link: Pick<SteadyConnection, 'run'>;
  settings: Pick<AlertSettingsFile, 'current' | 'secretOf'>;
  logger: Logger;
  onSent?: (outcome: 'sent' | 'failed' | 'dead', count: number) => void;
  signal: AbortSignal;
  /** Absent: there are no traces. */
  tracing?: Tracing | undefined;
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
  const resending: Resending = { at: new Map(), mutes: new Map() };
  while (!signal.aborted) {
    for (const receiver of settings.current().receivers) {
      if (busy.has(receiver.name)) continue;
      const work = look(receiver, options, resending)
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

/** What is remembered of Alertmanagers: when each was told last (monotonic ms), and the silences of each replica. */
interface Resending {
  at: Map<string, number>;
  mutes: Map<string, AlertmanagerMutes>;
}

async function look(
  receiver: ReceiverSettings,
  options: DeliveryOptions,
  resending: Resending,
): Promise<void> {
  const { settings, signal } = options;
  if (receiver.type === 'webhook') {
    const keyOf = ({ secret }: WebhookReceiver): Promise<Buffer | null> => settings.secretOf(secret);
    const { link, onSent, tracing } = options;
    const sender = { link, keyOf, signal, tracing, ...(onSent === undefined ? {} : { onSent }) };
    while ((await sendWaiting(receiver, sender)) > 0 && !signal.aborted);
    return;
  }
  const now = performance.now();
  const { resendEveryMs = RESEND_EVERY_MS } = options;
  if (now - (resending.at.get(receiver.name) ?? -Infinity) < resendEveryMs) return;
  resending.at.set(receiver.name, now);
  await resend(receiver, options, resending);
}

/** To every replica: they are a cluster that agrees on who tells, not on what is on. */
async function resend(
  receiver: AlertmanagerReceiver,
  options: DeliveryOptions,
  { mutes }: Resending,
): Promise<void> {
  const { link, signal, onSent, logger } = options;
  const at = Date.now();
  const { alerts, plans } = await link.run(STATEMENT_WITHIN_MS, async (connection) => ({
    alerts: await readActiveAlerts(connection, at - RESOLVED_RESENT_MS),
    plans: await readPlans(connection),
  }));
  const muted = mutedAlerts(receiver, alerts, plans, at);
  const mutesOf = (url: string): AlertmanagerMutes => {
    const known = mutes.get(url);
    if (known !== undefined) return known;
    const made = createAlertmanagerMutes(url, (error) =>
      logger.warn({ receiver: receiver.name, url, error }, 'Alertmanager does not take or end a silence'),
    );
    mutes.set(url, made);
    return made;
  };
  const body = JSON.stringify(postedAlerts(receiver, alerts, at));
  await Promise.all(
    receiver.urls.map(async (url, index) => {
      const name = `${receiver.name}/${index}`;
      const silences = mutesOf(withSlash(url));
      await silences.end(muted, signal);
      const outcome = await postJson(new URL('api/v2/alerts', withSlash(url)).href, body, {}, signal);
      if (outcome.ok) await silences.extend(muted, at, signal);
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
