import type { Logger } from '@cpemon/service-kit';
import type { Simulation } from './simulation.js';
import { totalsOf, type PathTally } from './path-tally.js';
import type { Truth } from './truth.js';

export const RATE_LINE_EVERY_MS = 5000;

/** Logs one line about the time since the last one. Returns the function that does so. */
export function createRateLine(
  truth: Truth,
  simulation: Simulation,
  logger: Logger,
  now: () => number,
): () => void {
  let before = totalsOf(truth);
  let beforeMs = now();
  let skippedBefore = truth.skipped;
  return () => {
    const total = totalsOf(truth);
    const nowMs = now();
    const seconds = Math.max(0.001, (nowMs - beforeMs) / 1000);
    const load = simulation.load();
    const errors = newErrors(before, total);
    const facts = [
      `${perSecond(total.sent - before.sent, seconds)} sent/s`,
      `${perSecond(total.acknowledged - before.acknowledged, seconds)} acknowledged/s`,
      `${errors.count} errors${errors.most === '' ? '' : ` (most: ${errors.most})`}`,
      `${total.retries - before.retries} retries`,
      `${truth.skipped - skippedBefore} skipped`,
      `${load.inFlight} in flight`,
      `${load.queued + load.waiting} waiting`,
      `${total.in_doubt} in doubt`,
      ...(load.cut > 0 ? [`${load.cut} cut off`] : []),
      ...(simulation.paused ? ['paused'] : []),
    ];
    logger.info(facts.join(', '));
    before = total;
    beforeMs = nowMs;
    skippedBefore = truth.skipped;
  };
}

const perSecond = (count: number, seconds: number): string => (count / seconds).toFixed(1);

/** Attempts that failed and events refused inside batches since then, and the most frequent cause. */
function newErrors(before: PathTally, after: PathTally): { count: number; most: string } {
  let count = 0;
  let most = '';
  let mostCount = 0;
  for (const name of ['refused_by_status', 'unanswered_by_reason', 'rejected_by_reason'] as const) {
    const earlier: Partial<Record<string, number>> = before[name];
    for (const [reason, value] of Object.entries(after[name])) {
      const added = value - (earlier[reason] ?? 0);
      count += added;
      if (added > mostCount) [most, mostCount] = [reason, added];
    }
  }
  return { count, most };
}
