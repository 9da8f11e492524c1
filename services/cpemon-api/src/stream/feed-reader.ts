import { readChanges, readFeedHeads, type Change, type FeedPositions } from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';

/** Changes that were read, and up to where. */
export interface FeedStep {
  changes: readonly Change[];
  before: FeedPositions;
  positions: FeedPositions;
  /** Something was pruned before it was read. */
  lost: boolean;
}

/** The one reader of the change feed of this process. It reads as long as somebody follows. */
export interface FeedReader {
  /** Called for every step, in order. @returns the end of following */
  follow(onStep: (step: FeedStep) => void): () => void;
  stop(): void;
}

/** A change is on a screen well within a second of its commit, and a look that finds nothing is one small statement. */
const LOOK_EVERY_MS = 150;
const CHANGES_A_LOOK = 2000;
const PATIENCE_MS = 1000;

export function createFeedReader(read: DatabaseReader, lookEveryMs = LOOK_EVERY_MS): FeedReader {
  const followers = new Set<(step: FeedStep) => void>();
  let positions: FeedPositions | null = null;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let stopped = false;

  const look = async (): Promise<number> => {
    const before = positions ?? (await read(readFeedHeads));
    const found = await read((connection) => readChanges(connection, before, CHANGES_A_LOOK));
    positions = found.positions;
    const step = { changes: found.changes, before, positions: found.positions, lost: found.lost.length > 0 };
    if (found.changes.length > 0 || step.lost) for (const onStep of followers) onStep(step);
    return found.more ? 0 : lookEveryMs;
  };

  const run = async (): Promise<void> => {
    if (stopped || followers.size === 0) {
      running = false;
      // Nobody looked meanwhile: whoever comes next begins with what is new then.
      positions = null;
      return;
    }
    // Without the database there is nothing to tell; those who show figures say so.
    const waitMs = await look().catch(() => PATIENCE_MS);
    timer = setTimeout(() => void run(), waitMs);
    timer.unref();
  };

  return {
    follow(onStep) {
      followers.add(onStep);
      if (!running) {
        running = true;
        void run();
      }
      return () => void followers.delete(onStep);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      followers.clear();
    },
  };
}
