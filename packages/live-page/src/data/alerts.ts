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

export interface SortedAlerts {
  /** Somebody has to look at these. */
  open: Alert[];
  /** Nobody is told of these yet: they may pass, or belong to something larger. */
  held: Alert[];
  /** Somebody looks at these. */
  acknowledged: Alert[];
}

/** Without those that belong to a group alarm, which explains them. */
export function sortAlerts(alerts: readonly Alert[]): SortedAlerts {
  const shown = alerts.filter(({ parent }) => parent === null).sort(byUrgency);
  const unseen = shown.filter(({ acknowledged }) => acknowledged === null);
  return {
    open: unseen.filter(({ state }) => state !== 'pending'),
    held: unseen.filter(({ state }) => state === 'pending'),
    acknowledged: shown.filter(({ acknowledged }) => acknowledged !== null),
  };
}

/** Groups before devices, critical before warning, the newest first. */
function byUrgency(one: Alert, other: Alert): number {
  return (
    rank(one.kind, ['group', 'device']) - rank(other.kind, ['group', 'device']) ||
    rank(one.severity, ['critical', 'warning']) - rank(other.severity, ['critical', 'warning']) ||
    (parseTime(other.started_at) ?? 0) - (parseTime(one.started_at) ?? 0)
  );
}

const rank = (word: string, words: readonly string[]): number => {
  const found = words.indexOf(word);
  return found < 0 ? words.length : found;
};
