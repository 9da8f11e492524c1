import type { LaneHolder } from './lane-holder.js';
import type { LaneWork, OwnerHands } from './lane-work.js';
import { retryDelayMs } from '../connection/retry-delay.js';

/** All work beside the live stream, each at its own pace. */
export interface LaneWorks {
  /**
   * One step of each that is due. True when there is more to do at once.
   * @throws the first error; that work is asked again after a pause
   */
  step(): Promise<boolean>;
}

export function createLaneWorks(
  works: readonly LaneWork[],
  holder: LaneHolder,
  hands: OwnerHands,
  now: () => number = () => performance.now(),
): LaneWorks {
  const paces = works.map((work) => ({ work, dueAt: -Infinity, failures: 0 }));
  return {
    async step() {
      let more = false;
      for (const pace of paces) {
        if (pace.dueAt > now()) continue;
        const open = holder.all().filter((lane) => lane.open);
        const lanes = pace.work.onHeldLanes === true ? open : open.filter(({ held }) => !held);
        if (lanes.length === 0) continue;
        try {
          const waitMs = await pace.work.step(lanes, hands);
          pace.failures = 0;
          pace.dueAt = now() + waitMs;
          if (waitMs === 0) more = true;
        } catch (error) {
          pace.dueAt = now() + retryDelayMs(pace.failures);
          pace.failures += 1;
          throw error;
        }
      }
      return more;
    },
  };
}
