import type { DeviceAnswer } from './device-answer.js';

export type Severity = 'critical' | 'warning' | 'note';

/** One thing that is wrong with a device, or that has to be known of it. */
export interface Trouble {
  severity: Severity;
  title: string;
  detail: string | null;
  /** Epoch ms; null where nothing says since when. */
  since: number | null;
  /** Of a condition: the rule that found it, to be told apart and looked up. */
  rule: string | null;
}

const REACHABILITY: Readonly<Record<string, { severity: Severity; title: string }>> = {
  offline: { severity: 'critical', title: 'Offline' },
  stale: { severity: 'warning', title: 'Stale: its report is late' },
  unknown: { severity: 'warning', title: 'Not known whether it is reachable' },
};

const ADMIN_STATES: Readonly<Record<string, string>> = {
  maintenance: 'In maintenance: nobody is told of it, and no share counts it',
  suspended: 'Suspended: no share and no alarm counts it',
  retired: 'Retired: no share and no alarm counts it',
  dormant: 'Dormant: offline for more than 30 days, until its next report',
  expected: 'Expected: imported, and never heard',
};

const ORDER: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, note: 2 };

type Judged = Pick<DeviceAnswer, 'reachability' | 'reason' | 'since' | 'health' | 'health_since'> &
  Pick<DeviceAnswer, 'admin_state' | 'conditions' | 'chatty' | 'chatty_since'>;

const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

/** What is wrong with a device, the worst first; of two alike the one that began first. */
export function whatIsWrong(device: Judged): Trouble[] {
  const { reachability, reason, conditions, admin_state: adminState } = device;
  const troubles: Trouble[] = [];
  const unreachable = REACHABILITY[reachability];
  if (unreachable !== undefined)
    troubles.push({ ...unreachable, detail: reason, since: timeOf(device.since), rule: null });
  for (const { rule, severity, since, text } of conditions) {
    troubles.push({ severity, title: text, detail: null, since: timeOf(since), rule });
  }
  if (device.chatty) {
    const title = 'Reports far more often than it should';
    const detail = 'Its events are applied like any other; of its samples one in ten seconds is kept.';
    troubles.push({ severity: 'note', title, detail, since: timeOf(device.chatty_since), rule: null });
  }
  const administrative = ADMIN_STATES[adminState];
  if (administrative !== undefined)
    troubles.push({ severity: 'note', title: administrative, detail: null, since: null, rule: null });
  return troubles.sort(
    (one, other) =>
      ORDER[one.severity] - ORDER[other.severity] || (one.since ?? Infinity) - (other.since ?? Infinity),
  );
}

/** Whether its health is as it was when it was heard last, and may be another by now. */
export const isHealthFrozen = ({ reachability, health }: Pick<Judged, 'reachability' | 'health'>): boolean =>
  reachability === 'offline' && health !== 'unknown';

/**
 * When it began to go wrong, epoch ms; null while nothing is. Of a device that fell silent that is when it was heard
 * last: the word for it came an interval or two later.
 */
export function wentWrongAt(device: Judged & Pick<DeviceAnswer, 'last_seen'>): number | null {
  const starts = whatIsWrong(device)
    .filter(({ severity }) => severity !== 'note')
    .map(({ since, rule }) =>
      rule === null ? Math.min(since ?? Infinity, Date.parse(device.last_seen)) : since,
    )
    .filter((start) => start !== null && Number.isFinite(start));
  return starts.length === 0 ? null : Math.min(...(starts as number[]));
}
