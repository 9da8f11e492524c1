import { parseTime } from '../words/format.js';

/** An alert as `/v1/alerts` answers it. */
export interface Alert {
  id: string;
  kind: 'device' | 'group';
  rule: string;
  severity: 'warning' | 'critical';
  state: 'pending' | 'firing' | 'resolved';
  summary: string;
  /** Of a device. */
  sn?: string | null;
  /** Of a group. */
  group?: { label: string; value: string };
  missing?: number;
  due?: number;
  members?: number;
  cause: string | null;
  labels: Record<string, string>;
  started_at: string;
  acknowledged: { by: string; at: string; note: string } | null;
  quiet: string | null;
  parent: string | null;
}

/** Those that somebody has to look at, and those that somebody does. */
export function sortAlerts(alerts: readonly Alert[]): { open: Alert[]; acknowledged: Alert[] } {
  // One that belongs to a group alarm is explained by it.
  const shown = alerts.filter(({ parent }) => parent === null).sort(byUrgency);
  return {
    open: shown.filter(({ acknowledged }) => acknowledged === null),
    acknowledged: shown.filter(({ acknowledged }) => acknowledged !== null),
  };
}

/** Groups before devices, what fires before what may, critical before warning, the newest first. */
function byUrgency(one: Alert, other: Alert): number {
  return (
    rank(one.kind, ['group', 'device']) - rank(other.kind, ['group', 'device']) ||
    rank(one.state, ['firing', 'pending']) - rank(other.state, ['firing', 'pending']) ||
    rank(one.severity, ['critical', 'warning']) - rank(other.severity, ['critical', 'warning']) ||
    (parseTime(other.started_at) ?? 0) - (parseTime(one.started_at) ?? 0)
  );
}

const rank = (word: string, words: readonly string[]): number => {
  const found = words.indexOf(word);
  return found < 0 ? words.length : found;
};
