import { FIRMWARE_GROUP_LABEL, FLEET_GROUP, firmwareGroup, type AlertSettings } from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import { readAcknowledgedUntold, type AlertRow } from '@cpemon/store';
import type { AlertBook } from './alert-book.js';
import { labelsOfAlert } from './alert-message.js';
import { FIRMWARE_RULE, LOOP_CONDITION } from './firmware-alerts.js';
import { NO_GROUP } from './group-alerts.js';
import { plannedQuiet, readPlans, type Notifier, type Plans, type QuietReason } from './notifications.js';
import { SOURCE_RULE } from './source-alerts.js';

/**
 * Tells of what is to be told: nobody hears of devices whose lane is behind, of those that a group explains or may
 * explain, and of what is silenced, planned, or acknowledged already.
 */
export async function tellAlerts(
  connection: Connection,
  given: {
    book: AlertBook;
    settings: AlertSettings;
    notifier: Notifier;
    at: number;
    behind: ReadonlySet<number>;
  },
): Promise<void> {
  const { book, settings, notifier, at, behind } = given;
  const alarms = [...book.all()].filter(({ kind, rule }) => kind === 'group' && rule !== SOURCE_RULE);
  const waiting = [...book.all()].some(
    ({ state, notification }) => state === 'firing' && notification === 'none',
  );
  const plans: Plans = waiting ? await readPlans(connection) : { silences: [], windows: [] };
  const known = waiting ? await readAcknowledgedUntold(connection) : new Set<number>();
  notifier.notify(book, settings, at, (alert): QuietReason => {
    // Somebody has seen it before it was told.
    if (known.has(alert.alertId)) return 'acknowledged';
    if (alert.kind === 'device' && behind.has(alert.lane)) return 'backlog';
    if (alert.kind === 'device') {
      const parent = alarms.find((alarm) => alarm.state === 'firing' && isMember(alert, alarm));
      const parentId = parent === undefined || parent.alertId === 0 ? null : parent.alertId;
      if (parentId !== alert.parentId) {
        alert.parentId = parentId;
        book.touch(alert);
      }
      if (parent !== undefined) return 'group';
      const suspected = alarms.some(
        (alarm) => alarm.state === 'pending' && alarm.quiet !== NO_GROUP && isMember(alert, alarm),
      );
      if (suspected) return 'group_pending';
    }
    return plannedQuiet(plans, labelsOfAlert(alert), at);
  });
}

/** Whether a group alarm explains the alert: that a device is missing, or that it restarts; no other thing of its health. */
function isMember(alert: AlertRow, { rule, groupLabel, groupValue }: AlertRow): boolean {
  const isLoop = alert.cause === 'condition' && alert.evidence['condition'] === LOOP_CONDITION;
  if (rule === FIRMWARE_RULE ? !isLoop : alert.cause === 'condition') return false;
  if (groupLabel === FLEET_GROUP.label) return true;
  const { labels } = alert;
  if (groupLabel === FIRMWARE_GROUP_LABEL)
    return firmwareGroup(labels['model'] ?? '', labels['firmware'] ?? '').value === groupValue;
  return labels[groupLabel] === groupValue;
}
