import type { NoAnswerReason, Outcome } from './outcome.js';
import type { Report } from './report-bodies.js';
import { leavesDoubt } from './outcome.js';
import { PATHS, type Path, type Shipment } from './shipment.js';

/** Counts of one way of reporting. A report is counted once in `sent`, however often it is tried. */
export interface PathTally {
  /** Reports tried at least once. */
  sent: number;
  /** Reports answered with 2xx. */
  acknowledged: number;
  /** Reports refused for good (4xx, or inside an accepted batch). */
  rejected: number;
  /** Reports given up because their CPE was cut off while they waited for a retry, and surely not stored. */
  abandoned: number;
  /** Reports not acknowledged that may have been stored: an attempt had no answer, or a 5xx other than 503. */
  in_doubt: number;
  /** Requests made, of which retries. */
  attempts: number;
  retries: number;
  /** Requests answered with something other than 2xx, by status. */
  refused_by_status: Record<string, number>;
  /** Requests that got no answer, or none of ours, by reason. */
  unanswered_by_reason: Partial<Record<NoAnswerReason, number>>;
  /** Reports refused inside an accepted batch, by the target's reason. */
  rejected_by_reason: Record<string, number>;
}

export interface DeviceTruth {
  sent: number;
  acknowledged: number;
  in_doubt: number;
  /** The times the CPE wanted to report at, RFC 3339; null before the first. */
  last_sent_ts: string | null;
  last_acknowledged_ts: string | null;
}

/** What the simulator knows about its own traffic, in total and by device. */
export interface Truth {
  readonly paths: Readonly<Record<Path, PathTally>>;
  /** Reports that fell due, and those never tried: the CPE was still busy, or was cut off before its turn. */
  due: number;
  skipped: number;
  attempted(shipment: Shipment): void;
  /** Notes an attempt's outcome. `final` says that the shipment is not tried again. */
  settled(shipment: Shipment, outcome: Outcome, final: boolean): void;
  abandoned(shipment: Shipment): void;
  ofDevice(index: number): DeviceTruth;
}

/** Reasons come from the target: beyond this many different ones they are counted together. */
const MAX_REASONS = 50;

export function createTruth(devices: number): Truth {
  const sent = new Uint32Array(devices);
  const acknowledged = new Uint32Array(devices);
  const inDoubt = new Uint32Array(devices);
  const lastSentMs = new Float64Array(devices);
  const lastAcknowledgedMs = new Float64Array(devices);
  const paths = Object.fromEntries(PATHS.map((path) => [path, emptyTally()])) as Record<Path, PathTally>;

  const doubt = (shipment: Shipment, step: 1 | -1): void => {
    shipment.inDoubt = step === 1;
    paths[shipment.path].in_doubt += step * shipment.reports.length;
    for (const { device } of shipment.reports) inDoubt[device] = (inDoubt[device] as number) + step;
  };

  const acknowledge = (tally: PathTally, { device, dueMs }: Report): void => {
    tally.acknowledged += 1;
    acknowledged[device] = (acknowledged[device] as number) + 1;
    lastAcknowledgedMs[device] = dueMs;
  };

  return {
    paths,
    due: 0,
    skipped: 0,
    attempted: ({ path, reports, attempts }) => {
      const tally = paths[path];
      tally.attempts += 1;
      if (attempts > 1) {
        tally.retries += 1;
        return;
      }
      tally.sent += reports.length;
      for (const { device, dueMs } of reports) {
        sent[device] = (sent[device] as number) + 1;
        lastSentMs[device] = dueMs;
      }
    },
    settled: (shipment, outcome, final) => {
      const tally = paths[shipment.path];
      if (outcome.kind === 'accepted') {
        if (shipment.inDoubt) doubt(shipment, -1);
        const rejected = new Map(outcome.rejected.map(({ index, reason }) => [index, reason]));
        shipment.reports.forEach((report, index) => {
          const reason = rejected.get(index);
          if (reason === undefined) return acknowledge(tally, report);
          tally.rejected += 1;
          countReason(tally.rejected_by_reason, reason);
        });
        return;
      }
      if (outcome.kind === 'refused') countReason(tally.refused_by_status, String(outcome.status));
      else countReason(tally.unanswered_by_reason, outcome.reason);
      if (!shipment.inDoubt && leavesDoubt(outcome)) doubt(shipment, 1);
      if (final && !shipment.inDoubt) tally.rejected += shipment.reports.length;
    },
    abandoned(shipment) {
      if (shipment.attempts === 0) this.skipped += shipment.reports.length;
      else if (!shipment.inDoubt) paths[shipment.path].abandoned += shipment.reports.length;
    },
    ofDevice: (index) => ({
      sent: sent[index] as number,
      acknowledged: acknowledged[index] as number,
      in_doubt: inDoubt[index] as number,
      last_sent_ts: timeOrNull(lastSentMs[index] as number),
      last_acknowledged_ts: timeOrNull(lastAcknowledgedMs[index] as number),
    }),
  };
}

/** All ways of reporting together. */
export function totalsOf(truth: Truth): PathTally {
  const total = emptyTally();
  for (const path of PATHS) {
    const tally = truth.paths[path];
    for (const [name, value] of Object.entries(tally) as [
      keyof PathTally,
      number | Record<string, number>,
    ][]) {
      if (typeof value === 'number') (total[name] as number) += value;
      else {
        const counts = total[name] as Record<string, number>;
        for (const [reason, count] of Object.entries(value)) counts[reason] = (counts[reason] ?? 0) + count;
      }
    }
  }
  return total;
}

const emptyTally = (): PathTally => ({
  sent: 0,
  acknowledged: 0,
  rejected: 0,
  abandoned: 0,
  in_doubt: 0,
  attempts: 0,
  retries: 0,
  refused_by_status: {},
  unanswered_by_reason: {},
  rejected_by_reason: {},
});

function countReason(counts: Record<string, number>, reason: string): void {
  const known = Object.hasOwn(counts, reason);
  const name = known || Object.keys(counts).length < MAX_REASONS ? reason : 'other';
  counts[name] = (counts[name] ?? 0) + 1;
}

const timeOrNull = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString());
