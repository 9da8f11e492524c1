import { formatCount, formatDuration, formatShare } from '../../words/format.js';
import type { Alert, Evidence, Match, Window } from './alert-answers.js';

/** Alerts in words. */

const CAUSES: Readonly<Record<string, string>> = {
  power: 'power: boxes told of it with their last breath',
  line: 'line: the access network lost their signal',
  session: 'session: their sessions were ended',
  source_silent: 'the source that tells of them is silent',
  model_quiet: 'the whole model fell silent',
  condition: 'a condition on the device',
  unknown: 'nobody has told',
};

export const causeWords = (cause: string): string => CAUSES[cause] ?? cause.replaceAll('_', ' ');

const QUIET: Readonly<Record<string, string>> = {
  group: 'nobody is told: a group alarm explains it',
  group_pending: 'nobody is told yet: a group alarm may explain it',
  silence: 'nobody is told: a silence matches',
  maintenance: 'nobody is told: a maintenance window matches',
  backlog: 'nobody is told yet: its lane is behind',
  acknowledged: 'nobody is told: somebody looks after it',
};

export const quietWords = (quiet: string | null): string | null =>
  quiet === null ? null : (QUIET[quiet] ?? `nobody is told: ${quiet.replaceAll('_', ' ')}`);

/** "3,980 of 3,991 due devices missing (99.7 %), of 4,000 members"; null of a device, and of what is not counted yet. */
export function figuresWords({ kind, missing, due, members, evidence }: Alert): string | null {
  if (kind === 'device' || missing === undefined || due === undefined || due === 0) return null;
  const share = formatShare(missing, due);
  const among = `${formatCount(missing)} of ${formatCount(due)}`;
  // Of a condition those that are heard have it; of silence those that were due are missing.
  const failing =
    evidence.condition === undefined
      ? `${among} due devices missing`
      : `${among} devices in ${evidence.condition}`;
  const shown = share === null ? failing : `${failing} (${share})`;
  return members === undefined ? shown : `${shown}, of ${formatCount(members)} members`;
}

/** What is left when it is over: "3,980 devices at most, 1,990 device-minutes, 12 min". */
export function closingWords(alert: Alert, nowMs: number): string {
  const until = alert.ended_at === null ? nowMs : Date.parse(alert.ended_at);
  const lasted = formatDuration(Math.max(0, (until - Date.parse(alert.started_at)) / 1000))!;
  if (alert.kind === 'device' || alert.state === 'pending') return lasted;
  const most = `${formatCount(alert.most_missing ?? 0)} devices at most`;
  return `${most}, ${formatCount(alert.device_minutes ?? 0)} device-minutes, ${lasted}`;
}

/** What the decision was made by, a line each. */
export function evidenceWords({
  share,
  others_share: others,
  observations = [],
  condition,
}: Evidence): string[] {
  const lines: string[] = [];
  if (share !== undefined)
    lines.push(
      `${Math.round(share * 100)} % of the devices ${condition === undefined ? 'due were missing' : `were in ${condition}`} when it was decided`,
    );
  if (others !== undefined) lines.push(`the model’s other firmware: ${Math.round(others * 100)} %`);
  for (const { observed, observer, devices, of } of observations)
    lines.push(
      `${observer.toUpperCase()} told ${observed.replaceAll('_', ' ')} of ${devices} of ${of} devices asked about`,
    );
  return lines;
}

const SEVERITY_RANK: Readonly<Record<string, number>> = { critical: 0, warning: 1 };

/** Open ones first, of them group alarms, then the critical, then the newest. */
export function orderAlerts(alerts: readonly Alert[]): Alert[] {
  const rank = ({ state, kind, severity }: Alert): number =>
    (state === 'resolved' ? 100 : state === 'pending' ? 10 : 0) +
    (kind === 'group' ? 0 : 5) +
    (SEVERITY_RANK[severity] ?? 2);
  return [...alerts].sort(
    (one, other) => rank(one) - rank(other) || Date.parse(other.started_at) - Date.parse(one.started_at),
  );
}

/** "olt olt-3, region north or south" */
export const matchWords = (match: Match): string =>
  Object.entries(match)
    .map(([name, values]) => `${name} ${[...values].join(' or ')}`)
    .join(', ');

const NAME = /^[a-z][a-z0-9_]{0,31}$/;

/** Reads "olt=olt-3, region=north|south". */
export function readMatch(
  text: string,
): { match: Record<string, string[]>; problem?: never } | { problem: string } {
  const match: Record<string, string[]> = {};
  for (const part of text.split(/[,\n]/).map((each) => each.trim())) {
    if (part === '') continue;
    const [, name = '', written = ''] = /^([^=]*)=(.*)$/.exec(part) ?? [];
    const values = written
      .split('|')
      .map((each) => each.trim())
      .filter(Boolean);
    if (!NAME.test(name.trim()) || values.length === 0)
      return { problem: `"${part}" has to be a label and its value, such as olt=olt-3.` };
    match[name.trim()] = [...(match[name.trim()] ?? []), ...values];
  }
  return Object.keys(match).length === 0
    ? { problem: 'Name a label and its value, such as olt=olt-3.' }
    : { match };
}

/** "every Sun 02:00 for 4 h (Europe/Berlin)" */
export function weeklyWords(weekly: NonNullable<Window['weekly']>): string {
  const days = weekly.days.map((day) => day.charAt(0).toUpperCase() + day.slice(1)).join(', ');
  return `every ${days} ${weekly.from} for ${formatDuration(weekly.minutes * 60)} (${weekly.time_zone})`;
}
