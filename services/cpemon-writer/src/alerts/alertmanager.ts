import { matches, type ReceiverSettings } from '@cpemon/alerts';
import type { ShownAlert } from '@cpemon/store';
import { labelsOfAlert } from './alert-message.js';

export type AlertmanagerReceiver = Extract<ReceiverSettings, { type: 'alertmanager' }>;

/** Alertmanager forgets what it does not hear of again. */
export const RESEND_EVERY_MS = 60_000;
/** So that three re-sendings may fail before an alert that is on seems over. */
export const LIVES_MS = 4 * 60_000;
/** For replicas that were away when an alert ended. */
export const RESOLVED_RESENT_MS = 15 * 60_000;

/** An alert of Alertmanager's API v2. */
export interface PostedAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
}

/** What one receiver gets: alerts that are on, and those that have ended lately. @param at epoch ms */
export function postedAlerts(
  { match }: AlertmanagerReceiver,
  alerts: readonly ShownAlert[],
  at: number,
): PostedAlert[] {
  return alerts
    .filter((alert) => matches(match, labelsOfAlert(alert)))
    .map((alert) => ({
      labels: identityOf(alert),
      annotations: {
        ...{ summary: alert.summary, cause: alert.cause, alert_id: String(alert.alertId) },
        ...(alert.kind === 'group' ? { missing: String(alert.missing), due: String(alert.due) } : {}),
        ...(alert.acknowledgedBy === null
          ? {}
          : { acknowledged_by: alert.acknowledgedBy, acknowledge_note: alert.acknowledgeNote }),
      },
      startsAt: new Date(alert.startedAt).toISOString(),
      endsAt: new Date(alert.resolvedAt === null ? at + LIVES_MS : alert.resolvedAt).toISOString(),
    }));
}

/** By its labels Alertmanager knows an alert: what changes while it is on is none of them. */
export function identityOf(alert: ShownAlert): Record<string, string> {
  const own =
    alert.kind === 'device'
      ? { ...alert.labels, sn: alert.serialNumber }
      : { group_label: alert.groupLabel, group_value: alert.groupValue };
  return { ...own, alertname: alert.rule, severity: alert.severity, kind: alert.kind };
}
