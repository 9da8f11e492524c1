import type { SingleConnection } from '@cpemon/database';
import { readLogBooks } from './log-books.js';

/** How many events were applied at a moment (performance.now() ms). */
export interface DrainMark {
  events: number;
  at: number;
}

/** How the applied total grew, as seen by a poll every few milliseconds. */
export interface DrainTimes {
  /** When the first progress was seen. */
  first: DrainMark;
  /** When half of the events or more were seen applied. */
  half: DrainMark;
  /** When all were seen applied. */
  lastAt: number;
}

const POLL_MS = 5;
/** A drain that stands still for so long is stuck. */
const STUCK_AFTER_MS = 30_000;

/**
 * Watches until `events` more than `before` are applied.
 * @throws Error when nothing moves for 30 s
 */
export async function watchDrain(
  connection: SingleConnection,
  before: number,
  events: number,
): Promise<DrainTimes> {
  let first: DrainMark | null = null;
  let half: DrainMark | null = null;
  let seen = before;
  let movedAt = performance.now();
  for (;;) {
    const { applied } = await readLogBooks(connection);
    const now = performance.now();
    const mark = { events: applied - before, at: now };
    if (applied > seen) {
      first ??= mark;
      if (mark.events >= events / 2) half ??= mark;
      seen = applied;
      movedAt = now;
    }
    if (mark.events >= events) {
      first ??= { events: 0, at: now };
      return { first, half: half ?? first, lastAt: now };
    }
    if (now > movedAt + STUCK_AFTER_MS) {
      throw new Error(`the writer stands still: ${mark.events} of ${events} events are applied`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Waits until everything that is in the log now is applied. @throws Error when nothing moves for 30 s */
export async function watchUntilApplied(connection: SingleConnection): Promise<void> {
  const { accepted, applied } = await readLogBooks(connection);
  if (applied < accepted) await watchDrain(connection, applied, accepted - applied);
}
