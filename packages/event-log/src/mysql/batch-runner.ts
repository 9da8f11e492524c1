import { isRetryable, type SingleConnection } from '@cpemon/database';
import type { LaneApplier, PreparedApply } from '../event-log.js';
import type { BatchLimits } from './batch-plan.js';
import { createBatchReader, type LanePart } from './batch-reader.js';
import { StatementDeadlineError } from './deadline.js';
import type { EventLogLogger } from './event-log-logger.js';
import type { LaneHolder } from './lane-holder.js';
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
  /** For reading, and for state transactions: a batch is read while the one before it is written. */
  readLink: SteadyConnection;
  applyLink: SteadyConnection;
  leaseHeld: () => boolean;
  limits: BatchLimits;
  logger: EventLogLogger;
  observer: ConsumerObserver;
  beforeCommit?: () => Promise<void>;
}

export interface BatchRunner {
  /**
   * Reads and prepares what waits in our lanes, and begins to write it in one transaction when the batch before is
   * written. The number of events taken.
   * @throws whatever went wrong with this batch or the one before; what was remembered of the lanes is void by then
   */
  runOnce(): Promise<number>;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

/** A lane whose log has a hole is looked at again this often. */
const GAP_RETRY_MS = 5000;
/** Events of a batch when transactions keep outlasting their deadline, and the steps in which it grows again. */
const SMALLEST_LIMIT = 500;

export function createBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { membership, holder, applier, logger, observer } = options;
  /** Lanes of a batch that failed for a reason of its own: tried one by one, so that one lane's trouble stays there. */
  const suspects = new Set<number>();
  let writing: Promise<void> = Promise.resolve();
  /** Halved when a transaction outlasts its deadline, so that a slow disk gets batches that it can finish. */
  const limits = { ...options.limits };

  const reader = createBatchReader({
    membership,
    link: options.readLink,
    limits,
    onGap(lane) {
      observer.gapSeen?.(lane.lane);
      logger.error({ lane: lane.lane, offset: lane.readOffset }, 'The log has a gap; the lane waits');
      lane.retryAt = performance.now() + GAP_RETRY_MS;
    },
  });

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

  /** What was remembered of any lane is void: another batch may have been prepared on top of this one. */
  const giveUp = (error: unknown, lanes: readonly OwnedLane[]): void => {
    observer.applyFailed?.(error);
    if (error instanceof FenceError) {
      holder.drop(holder.all());
      return;
    }
    holder.close(holder.all());
    if (error instanceof StatementDeadlineError) {
      limits.events = Math.max(
        Math.min(SMALLEST_LIMIT, options.limits.events),
        Math.floor(limits.events / 2),
      );
    }
    if (isRetryable(error) || error instanceof StatementDeadlineError) return;
    for (const { lane } of lanes) suspects.add(lane);
    const [only] = lanes;
    if (lanes.length === 1 && only !== undefined) {
      only.failures += 1;
      only.retryAt = performance.now() + retryDelayMs(only.failures);
      const facts = { err: error, lane: only.lane, failures: only.failures };
      logger.error(facts, 'A lane cannot be applied; it waits');
    }
  };

  const write = async (
    parts: readonly LanePart[],
    prepared: PreparedApply,
    startedAt: number,
  ): Promise<void> => {
    const moves = parts.map((part) => moveOf(part, prepared));
    try {
      const { leaseMs } = membership;
      await options.applyLink.run(leaseMs, (connection) => commit(connection, prepared, moves));
    } catch (error) {
      giveUp(
        error,
        parts.map(({ lane }) => lane),
      );
      throw error;
    }
    prepared.committed();
    limits.events = Math.min(options.limits.events, limits.events + SMALLEST_LIMIT);
    for (const { lane, read } of parts) {
      lane.failures = 0;
      suspects.delete(lane.lane);
      if (read !== undefined) lane.offset = read.endOffset;
    }
    const events = eventCount(parts);
    if (events > 0)
      observer.applied?.({ events, ...countsOf(parts, moves), seconds: secondsSince(startedAt) });
  };

  /** Waits for the batch before this one. @throws its error, once: what was prepared on top of it is void too */
  const writtenBefore = async (): Promise<void> => {
    try {
      await writing;
    } catch (error) {
      writing = Promise.resolve();
      holder.close(holder.all());
      throw error;
    }
  };

  return {
    async runOnce() {
      if (!options.leaseHeld()) {
        await writtenBefore().catch(() => undefined);
        holder.drop(holder.all());
        return 0;
      }
      if (holder.all().length === 0) {
        await writtenBefore().catch(() => undefined);
        return 0;
      }
      const startedAt = performance.now();
      let parts: LanePart[] = [];
      let prepared: PreparedApply;
      try {
        await holder.openAll(options.readLink);
        parts = await reader.next(holder.all(), suspects);
        if (parts.length === 0) return 0;
        prepared = await applier.prepare(parts.map(({ batch }) => batch));
      } catch (error) {
        await writtenBefore();
        giveUp(
          error,
          parts.map(({ lane }) => lane),
        );
        throw error;
      }
      await writtenBefore();
      for (const { lane, read } of parts) {
        if (read === undefined) continue;
        lane.readOffset = read.endOffset;
        lane.hour = read.endHour;
        lane.bytesPerEvent = read.bytes / read.eventCount;
      }
      writing = write(parts, prepared, startedAt);
      // Whoever comes next waits for it and hears of its error; meanwhile the next batch is read and prepared.
      writing.catch(() => undefined);
      return eventCount(parts);
    },
    settled: () => writing.catch(() => undefined),
  };
}

function moveOf({ lane, batch, read }: LanePart, prepared: PreparedApply): OffsetMove {
  const counts = prepared.counts.find((count) => count.lane === lane.lane);
  return {
    lane: lane.lane,
    epoch: lane.epoch,
    fromOffset: lane.offset,
    toOffset: read?.endOffset ?? lane.offset,
    toHour: read?.endHour ?? lane.hour,
    watermark: batch.watermark,
    duplicates: counts?.duplicates ?? 0,
    late: counts?.late ?? 0,
  };
}

const eventCount = (parts: readonly LanePart[]): number =>
  parts.reduce((sum, { read }) => sum + (read?.eventCount ?? 0), 0);

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;

const countsOf = (parts: readonly LanePart[], moves: readonly OffsetMove[]) => ({
  lanes: parts.filter(({ read }) => read !== undefined).length,
  duplicates: moves.reduce((sum, move) => sum + move.duplicates, 0),
  late: moves.reduce((sum, move) => sum + move.late, 0),
});
