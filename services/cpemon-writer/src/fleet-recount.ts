import type { LaneWork } from '@cpemon/event-log';
import {
  recountFleet,
  recountHealth,
  recountLabels,
  type FleetDrift,
  type HealthCountDelta,
  type LabelCountDelta,
} from '@cpemon/store';

export interface FleetRecountOptions {
  /** Called when kept counts were off and have been put right. */
  onDrift: (drift: readonly (FleetDrift | LabelCountDelta | HealthCountDelta)[]) => void;
  /** How often each lane is recounted. 1 h */
  everyMs?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
  /** 0 to 1. */
  random?: () => number;
}

/** Asked at least this often, since lanes come and go. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Recounts the devices of each lane of ours in a state transaction, one lane a step: the first time at some moment of
 * the first hour, so that the lanes are spread over it.
 */
export function createFleetRecount(options: FleetRecountOptions): LaneWork {
  const { onDrift, everyMs = 3_600_000, now = () => performance.now(), random = Math.random } = options;
  const dueAt = new Map<number, number>();
  return {
    async step(lanes, hands) {
      const at = now();
      const ours = new Set(lanes.map(({ lane }) => lane));
      for (const lane of dueAt.keys()) if (!ours.has(lane)) dueAt.delete(lane);
      for (const lane of ours) if (!dueAt.has(lane)) dueAt.set(lane, at + random() * everyMs);

      const due = lanes.find(({ lane }) => dueAt.get(lane)! <= at);
      if (due !== undefined) {
        let drift: FleetDrift[] = [];
        let labelDrift: LabelCountDelta[] = [];
        let healthDrift: HealthCountDelta[] = [];
        await hands.transact({
          lanes: [due],
          write: async (transaction) => {
            drift = await recountFleet(transaction, due.lane);
            labelDrift = await recountLabels(transaction, due.lane);
            healthDrift = await recountHealth(transaction, due.lane);
          },
        });
        dueAt.set(due.lane, at + everyMs);
        const off = [...drift, ...labelDrift, ...healthDrift];
        if (off.length > 0) onDrift(off);
      }
      const next = Math.min(...dueAt.values(), at + LONGEST_PAUSE_MS);
      return Math.max(0, next - at);
    },
  };
}
