import {
  digestIsDue,
  isInWindow,
  isWithinBudget,
  matches,
  HOUR_MS,
  type AlertLabels,
  type AlertSettings,
  type MaintenanceWindow,
  type WeeklyTimes,
} from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import {
  readMaintenanceWindows,
  readSilences,
  type AlertRow,
  type NewMessage,
  type StoredSilence,
} from '@cpemon/store';
import type { AlertBook } from './alert-book.js';
import { alertView, labelsOfAlert, messageBody } from './alert-message.js';

/** Silences and windows in force; those beyond the limit are not looked at, and the API takes no more. */
export const MOST_PLANS = 1000;
const ALERTS_IN_DIGEST = 50;

/** Why nobody is told of an alert now. */
export type QuietReason =
  '' | 'group' | 'group_pending' | 'silence' | 'maintenance' | 'backlog' | 'acknowledged';

export interface Plans {
  silences: readonly StoredSilence[];
  windows: readonly MaintenanceWindow[];
}

export async function readPlans(connection: Connection): Promise<Plans> {
  const windows = await readMaintenanceWindows(connection, MOST_PLANS);
  return {
    silences: await readSilences(connection, MOST_PLANS),
    windows: windows.map(({ matchers, startsAt, endsAt, weekly }) => ({
      ...{ matchers, startsAt, endsAt, weekly: weekly as WeeklyTimes | null },
    })),
  };
}

export function plannedQuiet(
  { silences, windows }: Plans,
  labels: AlertLabels,
  at: number,
): '' | 'silence' | 'maintenance' {
  const covers = windows.some((window) => matches(window.matchers, labels) && isInWindow(window, at));
  if (covers) return 'maintenance';
  const silenced = silences.some(
    ({ matchers, startsAt, endsAt }) => at >= startsAt && at < endsAt && matches(matchers, labels),
  );
  return silenced ? 'silence' : '';
}

export interface Notifier {
  /**
   * Tells of what fires and was not told yet, of what has ended, and what waited for the digest.
   * @param quietOf why nobody is to be told of an alert now
   */
  notify(
    book: AlertBook,
    settings: AlertSettings,
    at: number,
    quietOf: (alert: AlertRow) => QuietReason,
  ): void;
}

export interface NotifierOptions {
  /** When alerts were told by themselves in the last hour, epoch ms. */
  sentAt: number[];
  onNotified: (outcome: 'sent' | 'digest') => void;
}

export function createNotifier({ sentAt, onNotified }: NotifierOptions): Notifier {
  return {
    notify(book, settings, at, quietOf) {
      while (sentAt.length > 0 && sentAt[0]! <= at - HOUR_MS) sentAt.shift();
      const digest: AlertRow[] = [];
      for (const alert of book.all()) {
        if (alert.notification === 'digest') digest.push(alert);
        if (alert.state === 'resolved') {
          if (alert.notification !== 'sent' || alert.endNotifiedAt !== null) continue;
          alert.endNotifiedAt = at;
          book.touch(alert);
          book.tell((one) => messagesOf(settings, one, 'alert.resolved', at), alert);
        } else if (alert.state === 'firing' && alert.notification === 'none') {
          // Of what is over by now nobody is told that it is.
          if (alert.clearSince !== null) continue;
          const quiet = quietOf(alert);
          if (quiet !== alert.quiet) {
            alert.quiet = quiet;
            book.touch(alert);
          }
          if (quiet !== '') continue;
          alert.notifiedAt = at;
          book.touch(alert);
          if (isWithinBudget(sentAt, at, settings.budget)) {
            sentAt.push(at);
            alert.notification = 'sent';
            onNotified('sent');
            book.tell((one) => messagesOf(settings, one, 'alert.firing', at), alert);
          } else {
            alert.notification = 'digest';
            onNotified('digest');
            digest.push(alert);
          }
        }
      }
      const heldAt = digest.map(({ notifiedAt }) => notifiedAt ?? at);
      if (!digestIsDue(heldAt, at)) return;
      for (const alert of digest) {
        alert.notification = 'digested';
        book.touch(alert);
      }
      book.send(digestMessages(settings, digest, at));
    },
  };
}

/** One for each receiver that wants to hear of it, all under one id. */
function messagesOf(settings: AlertSettings, alert: AlertRow, kind: string, at: number): NewMessage[] {
  const labels = labelsOfAlert(alert);
  const messageId = `cpemon-alert-${alert.alertId}-${kind === 'alert.firing' ? 'firing' : 'resolved'}`;
  const body = messageBody(kind, at, alertView(alert));
  return settings.receivers
    .filter(({ type, match }) => type === 'webhook' && matches(match, labels))
    .map(({ name }) => ({
      ...{ receiver: name, messageId, kind, alertId: alert.alertId, body },
      traceparent: alert.traceparent ?? null,
    }));
}

function digestMessages(settings: AlertSettings, alerts: readonly AlertRow[], at: number): NewMessage[] {
  return settings.receivers.flatMap(({ name, type, match }) => {
    const own = alerts.filter((alert) => matches(match, labelsOfAlert(alert)));
    if (type !== 'webhook' || own.length === 0) return [];
    const byRule: Record<string, number> = {};
    for (const { rule } of own) byRule[rule] = (byRule[rule] ?? 0) + 1;
    const data = {
      ...{ alerts: own.length, resolved: own.filter(({ state }) => state === 'resolved').length },
      ...{ by_rule: byRule, first: own.slice(0, ALERTS_IN_DIGEST).map(alertView) },
    };
    const body = messageBody('alert.digest', at, data);
    return [{ receiver: name, messageId: `cpemon-digest-${at}`, kind: 'alert.digest', alertId: 0, body }];
  });
}
