import type { AlertLabels } from '@cpemon/alerts';
import type { AlertRow } from '@cpemon/store';

/** What matchers of receivers, silences and windows see of an alert. */
export function labelsOfAlert(alert: AlertRow): AlertLabels {
  return { ...alert.labels, rule: alert.rule, severity: alert.severity, kind: alert.kind };
}

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** An alert as receivers get it; docs/alerts.md has every field. */
export function alertView(alert: AlertRow): object {
  return {
    ...{ id: String(alert.alertId), kind: alert.kind, rule: alert.rule, severity: alert.severity },
    ...{ state: alert.state, summary: alert.summary },
    ...(alert.kind === 'device'
      ? { sn: alert.serialNumber }
      : {
          group: { label: alert.groupLabel, value: alert.groupValue },
          ...{
            missing: alert.missing,
            due: alert.due,
            members: alert.members,
            most_missing: alert.mostMissing,
          },
          device_minutes: Math.round(alert.deviceSeconds / 60),
        }),
    labels: alert.labels,
    ...{ started_at: time(alert.startedAt), fired_at: time(alert.firedAt), ended_at: time(alert.endedAt) },
    ...{ cause: alert.cause, evidence: alert.evidence },
  };
}

export function messageBody(type: string, at: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
}
