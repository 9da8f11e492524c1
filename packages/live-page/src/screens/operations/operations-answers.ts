/** What operators' lists answer; times are RFC 3339. */

export type DeadLetterState = 'dead' | 'requeue' | 'discard' | 'applied' | 'discarded';

export interface DeadLetter {
  position: string;
  state: DeadLetterState;
  device: string;
  reason: 'refused' | 'data_error' | 'unknown_type';
  cause: string;
  attempts: number;
  type: string;
  source: string;
  id: string;
  received_at: string;
  first_failed_at: string;
  dead_at: string;
  asked_by: string | null;
  asked_at: string | null;
  settled_at: string | null;
  lane: number;
}

export type DeadLetterInFull = DeadLetter & { correlation_id: string | null; event: unknown };

export interface ParkedDevice {
  device: string;
  position: string;
  reason: string;
  cause: string;
  attempts: number;
  received_at: string;
  first_failed_at: string;
  next_attempt_at: string | null;
  events_behind: number;
  lane: number;
}

export interface Replay {
  id: number;
  group: string;
  state: string;
  from: string;
  until: string | null;
  reason: string;
  asked_by: string;
  asked_at: string;
  passed_events: number;
  left_out_events: number;
  failed_events: number;
  waiting_events: number;
}

export interface Rebuild {
  id: number;
  generation: number;
  lane: number;
  state: string;
  applied_sequence: number;
  until_sequence: number;
  reason: string;
  detail: string | null;
  asked_by: string;
  asked_at: string;
  settled_at: string | null;
}

export interface FirmwareCoverage {
  model: string;
  firmware: string;
  manufacturer: string;
  reports: number;
  looked_at: number;
  surveyed: number;
  first_at: string;
  last_at: string;
  metrics: number;
  only_no_reading: string[];
  stopped: string[];
  unmapped: number;
}

export interface ModelCoverage {
  model: string;
  firmwares: (Omit<FirmwareCoverage, 'metrics' | 'stopped' | 'unmapped'> & {
    metrics: {
      metric: string;
      seen: number;
      share: number | null;
      no_reading: number;
      no_reading_share: number | null;
      first_at: string;
      last_at: string;
    }[];
    stopped: { metric: string; before_firmware: string; share_before: number }[];
  })[];
  unmapped: {
    path: string;
    type: string | null;
    form: string | null;
    last_firmware: string;
    seen: number;
    share: number | null;
    first_at: string;
    last_at: string;
  }[];
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  action: string;
  target: string;
  outcome: 'done' | 'refused';
  detail: Record<string, unknown>;
}
