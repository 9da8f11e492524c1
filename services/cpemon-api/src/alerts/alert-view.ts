import type { ReceiverState, ShownAlert, StoredSilence, StoredWindow } from '@cpemon/store';
import { rfc3339 } from '../rfc3339.js';

export function alertView(alert: ShownAlert) {
  return {
    ...{ id: String(alert.alertId), kind: alert.kind, rule: alert.rule, severity: alert.severity },
    ...{ state: alert.state, summary: alert.summary },
    ...(alert.kind === 'device' ? { sn: alert.serialNumber } : groupView(alert)),
    ...{ labels: alert.labels, cause: alert.cause, evidence: alert.evidence },
    ...{ started_at: rfc3339(alert.startedAt), ended_at: rfc3339(alert.endedAt) },
    ...{ fired_at: rfc3339(alert.firedAt), resolved_at: rfc3339(alert.resolvedAt) },
    parent: alert.parentId === null ? null : String(alert.parentId),
    quiet: alert.quiet === '' ? null : alert.quiet,
    ...{ notification: alert.notification, notified_at: rfc3339(alert.notifiedAt) },
    acknowledged:
      alert.acknowledgedBy === null
        ? null
        : { by: alert.acknowledgedBy, at: rfc3339(alert.acknowledgedAt), note: alert.acknowledgeNote },
  };
}

const groupView = (alert: ShownAlert) => ({
  group: { label: alert.groupLabel, value: alert.groupValue },
  ...{ missing: alert.missing, due: alert.due, members: alert.members, most_missing: alert.mostMissing },
  device_minutes: Math.round(alert.deviceSeconds / 60),
});

export const silenceView = (silence: StoredSilence) => ({
  ...{ id: String(silence.silenceId), match: silence.matchers, reason: silence.reason },
  ...{ starts_at: rfc3339(silence.startsAt), ends_at: rfc3339(silence.endsAt) },
  ...{ made_by: silence.madeBy, made_at: rfc3339(silence.madeAt) },
});

/** @param isOn whether it is a window at this moment */
export const windowView = (window: StoredWindow, isOn: boolean) => ({
  ...{ id: String(window.windowId), match: window.matchers, reason: window.reason, is_on: isOn },
  ...{ starts_at: rfc3339(window.startsAt), ends_at: rfc3339(window.endsAt) },
  weekly: window.weekly === null ? null : weeklyView(window.weekly as WeeklyTimes),
  ...{ made_by: window.madeBy, made_at: rfc3339(window.madeAt) },
});

interface WeeklyTimes {
  days: string[];
  from: string;
  minutes: number;
  timeZone: string;
}

const weeklyView = ({ days, from, minutes, timeZone }: WeeklyTimes) => ({
  ...{ days, from, minutes, time_zone: timeZone },
});

/** A receiver that takes nothing for so long is dead, as far as anybody who is to be woken is concerned. */
const DEAD_AFTER_MS = 10 * 60_000;

export function receiverView(receiver: ReceiverState, now: number) {
  const { failingSince } = receiver;
  const isDead = failingSince !== null && now - failingSince >= DEAD_AFTER_MS;
  return {
    name: receiver.receiver,
    state: isDead ? 'dead' : failingSince !== null ? 'failing' : 'ok',
    ...{ messages: receiver.position, waiting: receiver.waiting, given_up: receiver.dead },
    ...{ oldest_waiting_at: rfc3339(receiver.oldestWaitingAt), attempts: receiver.attempts },
    ...{ failing_since: rfc3339(failingSince), next_attempt_at: rfc3339(receiver.nextAt) },
    ...{ last_ok_at: rfc3339(receiver.lastOkAt), last_error: receiver.lastError || null },
  };
}
