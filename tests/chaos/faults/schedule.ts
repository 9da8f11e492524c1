import { between, createRandom, shuffled } from '../random.js';
import type { FaultKind, PlannedFault } from './fault.js';

export interface ScheduleOptions {
  seed: number;
  /** Length of the time in which faults begin. */
  durationMs: number;
  /** Mean time between two of them. */
  everyMs: number;
  kinds: readonly FaultKind[];
}

/** The first fault comes when the load is under way. */
const FIRST_AT_MS = 2000;

/**
 * What happens when, to whom: the same for the same seed and length. Each kind comes once before any comes again.
 */
export function planFaults({ seed, durationMs, everyMs, kinds }: ScheduleOptions): PlannedFault[] {
  const random = createRandom(seed, 'faults');
  const planned: PlannedFault[] = [];
  let round: FaultKind[] = [];
  for (let at = FIRST_AT_MS; at < durationMs; at += between(random, 0.5, 1.5) * everyMs) {
    if (round.length === 0) round = shuffled(random, kinds);
    const kind = round.shift()!;
    const holdMs = Math.round(between(random, ...kind.holdMs));
    planned.push({ at: Math.round(at), kind: kind.name, pick: random(), holdMs });
  }
  return planned;
}
