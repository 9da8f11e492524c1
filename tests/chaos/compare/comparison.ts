import type { SingleConnection } from '@cpemon/database';
import type { Delivery } from '../alerts/alert-receiver.js';
import type { Ledger } from '../load/ledger.js';
import type { LogEvidence } from '../watch/log-evidence.js';
import type { LogTail } from '../watch/log-tail.js';

export const VIOLATION_KINDS = ['lost', 'doubled', 'out of order', 'phantom', 'stuck'] as const;
export type ViolationKind = (typeof VIOLATION_KINDS)[number];

/** One thing that must not be, with the event that proves it as far as one can be named. */
export interface Violation {
  kind: ViolationKind;
  /** The table or view in which it shows. */
  table: string;
  /** Serial number and number of the event. */
  event?: string;
  /** generation-lane-sequence. */
  position?: string;
  detail: string;
}

/** All that is known when everything has come to rest. */
export interface Evidence {
  ledger: Ledger;
  log: LogEvidence;
  tail: LogTail;
  /** Beside the proxies, with every right. */
  connection: SingleConnection;
  /** `GET /v1/pipeline`. */
  pipeline: PipelineAnswer;
  /** Events that are not applied in their order: parked, given up, requeued. */
  setAside: SetAside;
  /** Messages of alerts, as they arrived. */
  deliveries: readonly Delivery[];
}

export interface PipelineAnswer {
  totals: Record<string, number>;
}

export interface SetAside {
  /** Positions (generation-lane-sequence) that are parked or given up and so not applied. */
  waiting: ReadonlySet<string>;
  /** Positions that were requeued and applied, in the order of that. */
  requeued: readonly string[];
}

/** Compares one table with what it must hold. */
export interface Comparison {
  table: string;
  compare(evidence: Evidence): Promise<Violation[]>;
}
