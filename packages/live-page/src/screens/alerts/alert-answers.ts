/** What `/v1/alerts`, `/v1/silences`, `/v1/maintenance-windows` and `/v1/alert-receivers` answer (docs/alerts.md). Times are RFC 3339. */

export interface Alert {
  id: string;
  kind: 'device' | 'group';
  rule: string;
  severity: 'warning' | 'critical';
  state: 'pending' | 'firing' | 'resolved';
  summary: string;
  /** Of a device. */
  sn?: string;
  /** Of a group. */
  group?: { label: string; value: string };
  missing?: number;
  due?: number;
  members?: number;
  most_missing?: number;
  device_minutes?: number;
  labels: Record<string, string>;
  cause: string;
  evidence: Evidence;
  started_at: string;
  ended_at: string | null;
  fired_at: string | null;
  resolved_at: string | null;
  parent: string | null;
  quiet: string | null;
  notification: string;
  notified_at: string | null;
  acknowledged: { by: string; at: string; note: string } | null;
}

export interface Evidence {
  share?: number;
  others_share?: number;
  related?: { label: string; value: string; failing: number; members: number }[];
  observations?: { observed: string; observer: string; devices: number; of: number }[];
  condition?: string;
}

export type AlertInFull = Alert & { linked: Alert[] };

export type Match = Record<string, readonly string[]>;

export interface Silence {
  id: string;
  match: Match;
  reason: string;
  starts_at: string;
  ends_at: string;
  made_by: string;
  made_at: string;
}

export interface Window {
  id: string;
  match: Match;
  reason: string;
  is_on: boolean;
  starts_at: string | null;
  ends_at: string | null;
  weekly: { days: string[]; from: string; minutes: number; time_zone: string } | null;
  made_by: string;
  made_at: string;
}

export interface Receiver {
  name: string;
  state: 'ok' | 'failing' | 'dead';
  messages: number;
  waiting: number;
  given_up: number;
  oldest_waiting_at: string | null;
  attempts: number;
  failing_since: string | null;
  next_attempt_at: string | null;
  last_ok_at: string | null;
  last_error: string | null;
}
