import type { SingleConnection } from '@cpemon/database';
import { monotonicMs } from './monotonic-clock.js';

/** One event whose way to the reader is timed. */
export interface Probe {
  deviceId: number;
  /** Device time of the event, epoch ms: the state shows this or a later one once the event is visible. */
  timeMs: number;
  /** When the schedule wanted to send it, on the machine's monotonic clock, ms. */
  dueMs: number;
}

export interface VisibilityResult {
  /** Due to seen, ms, in the order of the probes. */
  latenciesMs: number[];
  /** Probes that were not seen in time. */
  unseen: number;
  /** Time from one look to the next: what a latency may be too long by. */
  lookEveryMs: number[];
}

const LOOK_EVERY_MS = 5;
const UNSEEN_AFTER_MS = 15_000;
const MOST_PER_LOOK = 500;

/**
 * Looks into device_state every 5 ms, as any reader would, for the events that are due and not yet seen. An event
 * counts as seen when the answer that shows it has arrived; so a latency is never too short, and too long by one
 * look at most.
 * @param probes in the order of their due times
 */
export async function watchVisibility(
  connection: SingleConnection,
  probes: readonly Probe[],
): Promise<VisibilityResult> {
  const latenciesMs: number[] = [];
  const lookEveryMs: number[] = [];
  const waiting = new Map<number, Probe[]>();
  let waitingProbes = 0;
  let unseen = 0;
  let next = 0;
  let lookedAtMs = NaN;
  while (next < probes.length || waitingProbes > 0) {
    const startedMs = monotonicMs();
    for (; next < probes.length && probes[next]!.dueMs <= startedMs; next++) {
      const probe = probes[next]!;
      const sameDevice = waiting.get(probe.deviceId);
      if (sameDevice === undefined) waiting.set(probe.deviceId, [probe]);
      else sameDevice.push(probe);
      waitingProbes++;
    }
    if (waitingProbes > 0) {
      const ids = [...waiting.keys()].slice(0, MOST_PER_LOOK);
      const [rows] = await connection.query(
        `SELECT device_id AS id, CAST(UNIX_TIMESTAMP(device_time) * 1000 AS SIGNED) AS timeMs
           FROM device_state WHERE device_id IN (?)`,
        [ids],
      );
      const seenMs = monotonicMs();
      for (const { id, timeMs } of rows as { id: number; timeMs: number | null }[]) {
        const left = waiting.get(id)!.filter((probe) => {
          const seen = timeMs !== null && timeMs >= probe.timeMs;
          const lost = !seen && seenMs > probe.dueMs + UNSEEN_AFTER_MS;
          if (seen) latenciesMs.push(seenMs - probe.dueMs);
          if (lost) unseen++;
          if (seen || lost) waitingProbes--;
          return !seen && !lost;
        });
        if (left.length === 0) waiting.delete(id);
        else waiting.set(id, left);
      }
      if (!Number.isNaN(lookedAtMs)) lookEveryMs.push(seenMs - lookedAtMs);
      lookedAtMs = seenMs;
    } else {
      lookedAtMs = NaN;
    }
    const pauseMs = LOOK_EVERY_MS - (monotonicMs() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, pauseMs)));
  }
  return { latenciesMs, unseen, lookEveryMs };
}
