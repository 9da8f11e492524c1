import { matches } from '@cpemon/alerts';
import type { ShownAlert } from '@cpemon/store';
import { labelsOfAlert } from './alert-message.js';
import { identityOf, LIVES_MS, type AlertmanagerReceiver } from './alertmanager.js';
import { plannedQuiet, type Plans } from './notifications.js';
import { postJson, sendDelete } from './send-http.js';

/**
 * Alertmanager knows no acknowledgement: what it is not to repeat is silenced, for a short time that is made longer as
 * long as the alert is on. One of these is for one replica.
 */
export interface AlertmanagerMutes {
  /** Ends the silences of alerts that are over or are to be heard again: before their end is told, or nobody would hear of it. */
  end(muted: readonly MutedAlert[], signal: AbortSignal): Promise<void>;
  /** Makes silences, and makes those that there are longer. @param at epoch ms */
  extend(muted: readonly MutedAlert[], at: number, signal: AbortSignal): Promise<void>;
}

/** An alert that fires, of which Alertmanager is to say nothing more but that it is over. */
export interface MutedAlert {
  alert: ShownAlert;
  comment: string;
}

/** Each is a request a minute to each replica; of more than these Alertmanager repeats what it likes. */
export const MOST_MUTED = 200;
const CREATED_BY = 'CPEmon';

/** Those that somebody has acknowledged, or that were silenced or planned after they were told. @param at epoch ms */
export function mutedAlerts(
  { match }: AlertmanagerReceiver,
  alerts: readonly ShownAlert[],
  plans: Plans,
  at: number,
): MutedAlert[] {
  const muted: MutedAlert[] = [];
  for (const alert of alerts) {
    const labels = labelsOfAlert(alert);
    if (alert.state !== 'firing' || !matches(match, labels) || muted.length >= MOST_MUTED) continue;
    const { acknowledgedBy, acknowledgeNote } = alert;
    const quiet = plannedQuiet(plans, labels, at);
    if (acknowledgedBy !== null)
      muted.push({ alert, comment: `Acknowledged by ${acknowledgedBy}: ${acknowledgeNote}` });
    else if (quiet !== '')
      muted.push({ alert, comment: quiet === 'silence' ? 'Silenced in CPEmon' : 'Maintenance window' });
  }
  return muted;
}

/** @param base address of the replica, with a slash at its end */
export function createAlertmanagerMutes(base: string, onRefused: (error: string) => void): AlertmanagerMutes {
  /** Names of silences, by alert. Those of a process before run out by themselves. */
  const silences = new Map<number, string>();
  return {
    async end(muted, signal) {
      const still = new Set(muted.map(({ alert }) => alert.alertId));
      const over = [...silences].filter(([alertId]) => !still.has(alertId));
      for (const [alertId] of over) silences.delete(alertId);
      for (const [, id] of over) {
        const url = new URL(`api/v2/silence/${encodeURIComponent(id)}`, base).href;
        const outcome = await sendDelete(url, signal);
        if (outcome.ok) continue;
        // It runs out by itself, and what is over is told for longer than that.
        onRefused(outcome.error);
        return;
      }
    },
    async extend(muted, at, signal) {
      for (const { alert, comment } of muted) {
        if (signal.aborted) return;
        const known = silences.get(alert.alertId);
        const body = JSON.stringify({
          ...(known === undefined ? {} : { id: known }),
          matchers: Object.entries(identityOf(alert)).map(([name, value]) => ({
            ...{ name, value, isRegex: false, isEqual: true },
          })),
          startsAt: new Date(at).toISOString(),
          endsAt: new Date(at + LIVES_MS).toISOString(),
          ...{ createdBy: CREATED_BY, comment },
        });
        const outcome = await postJson(new URL('api/v2/silences', base).href, body, {}, signal);
        // One that is gone (the replica began anew) is made anew at the next time.
        if (!outcome.ok) silences.delete(alert.alertId);
        const id = outcome.ok ? silenceIdOf(outcome.answer) : undefined;
        if (id !== undefined) silences.set(alert.alertId, id);
        else onRefused(outcome.ok ? 'its answer names no silence' : outcome.error);
        // The replica hangs or refuses: the others would only wait as long.
        if (id === undefined) return;
      }
    },
  };
}

function silenceIdOf(answer: string): string | undefined {
  try {
    const { silenceID: id } = JSON.parse(answer) as { silenceID?: unknown };
    return typeof id === 'string' && id !== '' ? id : undefined;
  } catch {
    return undefined;
  }
}
