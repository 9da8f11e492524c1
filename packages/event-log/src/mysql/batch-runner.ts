import { isRetryable, type SingleConnection } from '@cpemon/database';
import type { LaneApplier, LaneBatch, PreparedApply } from '../event-log.js';
import { planBatch, type BatchLimits } from './batch-plan.js';
import { StatementDeadlineError } from './deadline.js';
import type { EventLogLogger } from './event-log-logger.js';
import type { LaneHolder } from './lane-holder.js';
import { readHeads, readHeadsWithTime, readLanes, type LaneRead } from './lane-reader.js';
import type { Membership } from './membership.js';
import { FenceError, moveOffsets, type OffsetMove } from './offset-fence.js';
import type { OwnedLane } from './owned-lane.js';
import { retryDelayMs } from './retry-delay.js';
import type { SteadyConnection } from './steady-connection.js';

/** Figures for metrics; every call is cheap and must not throw. */
export interface ConsumerObserver {
  applied?(batch: { events: number; lanes: number; duplicates: number; late: number; seconds: number }): void;
  applyFailed?(error: unknown): void;
  gapSeen?(lane: number): void;
  lanesOwned?(lanes: number): void;
}

export interface BatchRunnerOptions {
  membership: Membership;
  holder: LaneHolder;
  applier: LaneApplier;
  link: SteadyConnection;
  leaseHeld: () => boolean;
  limits: BatchLimits;
  logger: EventLogLogger;
  observer: ConsumerObserver;
  beforeCommit?: () => Promise<void>;
}

export interface BatchRunner {
  /**
   * Reads what waits in our lanes and applies it in one transaction. The number of events applied.
   * @throws whatever went wrong; what was remembered of the lanes concerned is void by then
   */
  runOnce(): Promise<number>;
}

/** An idle lane's watermark moves this often, so that deadlines are judged while nothing arrives. */
const TICK_MS = 1000;
/** A lane whose log has a hole is looked at again this often. */
const GAP_RETRY_MS = 5000;

export function createBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { membership, holder, applier, link, limits, logger, observer } = options;
  const { generation, leaseMs } = membership;
  let nextTickAt = 0;
  /** Lanes of a batch that failed for a reason of its own: tried one by one, so that one lane's trouble stays there. */
  const suspects = new Set<number>();

  const read = async (
    connection: SingleConnection,
    lanes: OwnedLane[],
    maxEvents: number,
  ): Promise<LaneRead[]> => {
    const reads = await readLanes(connection, generation, lanes, maxEvents);
    const empty = lanes.filter((_lane, index) => reads[index]?.events.length === 0);
    if (empty.length === 0) return reads;
    // Nothing where the head says there is something: a torn read view, or a record longer than asked for.
    await readHeadsWithTime(connection, generation);
    const again = await readLanes(connection, generation, empty, Number.MAX_SAFE_INTEGER / 2);
    for (const lane of empty) {
      const found = again.find((candidate) => candidate.lane === lane.lane);
      if (found !== undefined && found.events.length > 0) {
        reads[reads.findIndex((candidate) => candidate.lane === lane.lane)] = found;
        continue;
      }
      observer.gapSeen?.(lane.lane);
      logger.error({ lane: lane.lane, offset: lane.offset }, 'The log has a gap; the lane waits');
      lane.retryAt = performance.now() + GAP_RETRY_MS;
    }
    return reads;
  };

  const collect = async (
    connection: SingleConnection,
  ): Promise<{ batches: LaneBatch[]; reads: Map<number, LaneRead> }> => {
    const now = performance.now();
    const ticking = now >= nextTickAt;
    const { at, heads } = ticking
      ? await readHeadsWithTime(connection, generation)
      : { at: 0, heads: await readHeads(connection, generation) };

    const ready = holder.all().filter((lane) => lane.open && lane.retryAt <= now);
    const suspect = ready.find(
      (lane) => suspects.has(lane.lane) && (heads.get(lane.lane) ?? 0) > lane.offset,
    );
    const plan = planBatch(suspect === undefined ? ready : [suspect], heads, limits);
    const reads = new Map<number, LaneRead>();
    if (plan.lanes.length > 0) {
      for (const laneRead of await read(connection, plan.lanes, plan.maxEventsPerLane)) {
        if (laneRead.events.length > 0) reads.set(laneRead.lane, laneRead);
      }
    }
    if (ticking) nextTickAt = now + TICK_MS;

    const batches: LaneBatch[] = [];
    for (const lane of suspect === undefined ? ready : [suspect]) {
      const laneRead = reads.get(lane.lane);
      const caughtUp = ticking && (laneRead?.endOffset ?? lane.offset) >= (heads.get(lane.lane) ?? 0);
      if (laneRead === undefined && !caughtUp) continue;
      batches.push({
        generation,
        lane: lane.lane,
        events: laneRead?.events ?? [],
        watermark: Math.max(laneRead?.endReceivedAt ?? 0, caughtUp ? at : 0),
      });
    }
    return { batches, reads };
  };

  const commit = async (
    connection: SingleConnection,
    prepared: PreparedApply,
    moves: OffsetMove[],
  ): Promise<void> => {
    await connection.query('START TRANSACTION');
    await moveOffsets(connection, membership, moves);
    await prepared.write(connection);
    await options.beforeCommit?.();
    if (!options.leaseHeld()) throw new FenceError('The lease ran out before the batch was committed');
    await connection.query('COMMIT');
  };

  const moveOf = (batch: LaneBatch, laneRead: LaneRead | undefined, prepared: PreparedApply): OffsetMove => {
    const lane = holder.get(batch.lane) as OwnedLane;
    const counts = prepared.counts.find((count) => count.lane === batch.lane);
    return {
      lane: lane.lane,
      epoch: lane.epoch,
      fromOffset: lane.offset,
      toOffset: laneRead?.endOffset ?? lane.offset,
      toHour: laneRead?.endHour ?? lane.hour,
      watermark: batch.watermark,
      duplicates: counts?.duplicates ?? 0,
      late: counts?.late ?? 0,
    };
  };

  const giveUp = (error: unknown, lanes: readonly number[]): void => {
    const concerned = holder.all().filter((lane) => lanes.length === 0 || lanes.includes(lane.lane));
    if (error instanceof FenceError) {
      holder.drop(concerned);
      return;
    }
    holder.close(concerned);
    if (isRetryable(error) || error instanceof StatementDeadlineError) return;
    for (const lane of concerned) suspects.add(lane.lane);
    const [only] = concerned;
    if (concerned.length === 1 && only !== undefined) {
      only.failures += 1;
      only.retryAt = performance.now() + retryDelayMs(only.failures);
      logger.error(
        { err: error, lane: only.lane, failures: only.failures },
        'A lane cannot be applied; it waits',
      );
    }
  };

  return {
    async runOnce() {
      if (!options.leaseHeld()) {
        holder.drop(holder.all());
        return 0;
      }
      if (holder.all().length === 0) return 0;
      let lanes: number[] = [];
      try {
        const startedAt = performance.now();
        await holder.openAll(link);
        const { batches, reads } = await link.run(leaseMs, collect);
        if (batches.length === 0) return 0;
        lanes = batches.map(({ lane }) => lane);
        const prepared = await applier.prepare(batches);
        const moves = batches.map((batch) => moveOf(batch, reads.get(batch.lane), prepared));
        await link.run(leaseMs, (connection) => commit(connection, prepared, moves));
        prepared.committed();

        let events = 0;
        for (const move of moves) {
          const lane = holder.get(move.lane) as OwnedLane;
          const laneRead = reads.get(move.lane);
          events += move.toOffset - move.fromOffset;
          lane.offset = move.toOffset;
          lane.hour = move.toHour;
          lane.failures = 0;
          if (laneRead !== undefined) lane.bytesPerEvent = laneRead.bytes / laneRead.events.length;
          suspects.delete(move.lane);
        }
        if (events > 0) {
          observer.applied?.({
            events,
            lanes: reads.size,
            duplicates: moves.reduce((sum, move) => sum + move.duplicates, 0),
            late: moves.reduce((sum, move) => sum + move.late, 0),
            seconds: (performance.now() - startedAt) / 1000,
          });
        }
        return events;
      } catch (error) {
        observer.applyFailed?.(error);
        giveUp(error, lanes);
        throw error;
      }
    },
  };
}
