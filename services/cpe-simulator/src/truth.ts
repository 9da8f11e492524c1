import type { MessageFate } from './cwmp/session.js';
import { grown } from './device-columns.js';
import { leavesDoubt, type Outcome } from './outcome.js';
import { countReason, emptyTally, type PathTally } from './path-tally.js';
import { PATHS, type Path } from './report-ways.js';
import type { Report } from './reports/report.js';
import type { Shipment } from './shipment.js';

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
  /** A shipment is on its way; the reports from `firstNew` on for the first time. */
  attempted(shipment: Shipment, firstNew: number): void;
  /** Notes an attempt's outcome. `final` says that the shipment is not tried again. */
  settled(shipment: Shipment, outcome: Outcome, final: boolean): void;
  /** A report is given up, sent before or never. */
  abandoned(path: Path, report: Report, wasSent: boolean): void;
  /**
   * A message of a CWMP session is on its way. The target makes an event of each, and of each attempt to deliver an
   * Inform another one, so that they are counted by message and not by report.
   * @returns what to call with its fate
   */
  messageSent(device: number): (fate: MessageFate) => void;
  /** Likewise of what somebody else has seen of a device: an event of it, and no report of its own. */
  observationSent(device: number): (fate: MessageFate) => void;
  ofDevice(index: number): DeviceTruth;
  resize(devices: number): void;
}

/** Ways whose events are counted by message (see `messageSent`), and those for which an answer promises nothing. */
const BY_MESSAGE: Path = 'cwmp';
const BEST_EFFORT: Path = 'mirror';
const BY_OTHERS: Path = 'observation';

/** @param identityOf whose serial number a device goes by now: what it sends counts for that one */
export function createTruth(
  devices: number,
  now: () => number = Date.now,
  identityOf: (device: number) => number = (device) => device,
): Truth {
  let sent = new Uint32Array(devices);
  let acknowledged = new Uint32Array(devices);
  let inDoubt = new Uint32Array(devices);
  let lastSentMs = new Float64Array(devices);
  let lastAcknowledgedMs = new Float64Array(devices);
  const paths = Object.fromEntries(PATHS.map((path) => [path, emptyTally()])) as Record<Path, PathTally>;

  const doubt = (tally: PathTally, report: Report, step: 1 | -1): void => {
    report.inDoubt = step === 1;
    tally.in_doubt += step;
    const device = countedFor(report);
    inDoubt[device] = inDoubt[device]! + step;
  };
  const acknowledge = (tally: PathTally, report: Sent): void => {
    const { dueMs } = report;
    const device = countedFor(report);
    tally.acknowledged += 1;
    acknowledged[device] = acknowledged[device]! + 1;
    // What was held back on its way may be acknowledged after newer ones.
    lastAcknowledgedMs[device] = Math.max(lastAcknowledgedMs[device]!, dueMs);
  };
  const send = (tally: PathTally, report: Sent): void => {
    const { dueMs } = report;
    const device = identityOf(report.device);
    report.countedFor = device;
    tally.sent += 1;
    sent[device] = sent[device]! + 1;
    lastSentMs[device] = Math.max(lastSentMs[device]!, dueMs);
  };

  const notAcknowledged = (tally: PathTally, device: number, fate: 'in_doubt' | 'not_taken'): void => {
    if (fate === 'in_doubt') {
      tally.in_doubt += 1;
      inDoubt[device] = inDoubt[device]! + 1;
      return;
    }
    // Surely not taken: as if it had not been sent, for the next attempt is sent again.
    tally.sent -= 1;
    sent[device] = sent[device]! - 1;
  };

  return {
    paths,
    due: 0,
    skipped: 0,
    attempted: ({ path, reports, attempts }, firstNew) => {
      const tally = paths[path];
      tally.attempts += 1;
      if (attempts > 1) tally.retries += 1;
      if (path === BY_MESSAGE) return;
      for (let index = firstNew; index < reports.length; index++) send(tally, reports[index]!);
    },
    settled: ({ path, reports }, outcome, final) => {
      const tally = paths[path];
      if (outcome.kind === 'refused') countReason(tally.refused_by_status, String(outcome.status));
      else if (outcome.kind === 'unanswered') countReason(tally.unanswered_by_reason, outcome.reason);
      if (path === BY_MESSAGE) return;
      if (outcome.kind === 'accepted') {
        const rejected = new Map(outcome.rejected.map(({ index, reason }) => [index, reason]));
        reports.forEach((report, index) => {
          if (path === BEST_EFFORT) return doubt(tally, report, 1);
          if (report.inDoubt) doubt(tally, report, -1);
          const reason = rejected.get(index);
          if (reason === undefined) return acknowledge(tally, report);
          tally.rejected += 1;
          countReason(tally.rejected_by_reason, reason);
        });
        return;
      }
      const doubtful = leavesDoubt(outcome);
      for (const report of reports) {
        if (!report.inDoubt && doubtful) doubt(tally, report, 1);
        if (final && !report.inDoubt) tally.rejected += 1;
      }
    },
    abandoned(path, report, wasSent) {
      if (!wasSent) this.skipped += 1;
      else if (!report.inDoubt && path !== BY_MESSAGE) paths[path].abandoned += 1;
    },
    messageSent(device) {
      const message: Sent = { device, dueMs: now() };
      send(paths[BY_MESSAGE], message);
      return (fate) => {
        if (fate === 'acknowledged') acknowledge(paths[BY_MESSAGE], message);
        else notAcknowledged(paths[BY_MESSAGE], countedFor(message), fate);
      };
    },
    observationSent(seen) {
      const tally = paths[BY_OTHERS];
      const device = identityOf(seen);
      tally.sent += 1;
      sent[device] = sent[device]! + 1;
      return (fate) => {
        if (fate !== 'acknowledged') return notAcknowledged(tally, device, fate);
        tally.acknowledged += 1;
        acknowledged[device] = acknowledged[device]! + 1;
      };
    },
    ofDevice: (index) => ({
      sent: sent[index]!,
      acknowledged: acknowledged[index]!,
      in_doubt: inDoubt[index]!,
      last_sent_ts: timeOrNull(lastSentMs[index]!),
      last_acknowledged_ts: timeOrNull(lastAcknowledgedMs[index]!),
    }),
    resize(size) {
      if (size <= sent.length) return;
      [sent, acknowledged, inDoubt] = [grown(sent, size), grown(acknowledged, size), grown(inDoubt, size)];
      [lastSentMs, lastAcknowledgedMs] = [grown(lastSentMs, size), grown(lastAcknowledgedMs, size)];
    },
  };
}

type Sent = Pick<Report, 'device' | 'dueMs' | 'countedFor'>;
const countedFor = ({ device, countedFor: other = device }: Pick<Sent, 'device' | 'countedFor'>): number =>
  other;

const timeOrNull = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString());
