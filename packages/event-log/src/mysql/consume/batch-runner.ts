import type { SingleConnection } from '@cpemon/database';
import { EventFailedError } from '../../event-failed-error.js';
import type { LaneApplier, PreparedApply } from '../../event-log.js';
import type { BatchLimits } from './batch-plan.js';
import { createBatchReader, type LanePart } from './batch-reader.js';
import { StatementDeadlineError } from '../connection/deadline.js';
import { countLetters } from '../replay/elsewhere.js';
import type { EventLogLogger } from '../event-log-logger.js';
import type { LaneHolder } from './lane-holder.js';
import { failureKind, noteFailure, noteSuccess, weighRefusals } from './lane-trouble.js';
import type { OwnerHands, StateChange } from './lane-work.js';
import type { Membership } from '../membership/membership.js';
import { FenceError, moveOffsets, type LaneCounterDeltas, type OffsetMove } from './offset-fence.js';
import type { OwnedLane } from './owned-lane.js';
import { admitParked, parkingOf, type LaneParking } from '../parking/lane-parking.js';
import type { SteadyConnection } from '../connection/steady-connection.js';

/** Figures for metrics; every call is cheap and must not throw. */
export interface ConsumerObserver {
  applied?(batch: {
    events: number;
    lanes: number;
    duplicates: number;
    late: number;
    quarantined: number;
    erased: number;
    seconds: number;
  }): void;
  /** Events that a batch has made visible. @param seconds from their receipt to the commit, by the database's clock */
  visible?(events: number, seconds: number): void;
  applyFailed?(error: unknown): void;
  gapSeen?(lane: number): void;
  /** A device's event could not be applied and waits, with those behind it. */
  parked?(reason: string): void;
  deadLetter?(reason: string): void;
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
  /** Time from a device's first failure to the next attempt. */
  retryParkedAfterMs: number;
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
  /** For work beside the live stream. */
  hands: OwnerHands;
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
  let committedAt = -Infinity;
  /** Errors after which a lane looks for the event to blame, or waits by itself: no reason for the others to wait. */
  const dealtWith = new WeakSet<object>();
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
    moves: OffsetMove[],
    write: (connection: SingleConnection) => Promise<void>,
  ): Promise<void> => {
    await connection.query('START TRANSACTION');
    await moveOffsets(connection, membership, moves);
    await write(connection);
    await options.beforeCommit?.();
    if (!options.leaseHeld()) throw new FenceError('The lease ran out before the batch was committed');
    await connection.query('COMMIT');
  };

  /** What was remembered of any lane is void: another batch may have been prepared on top of this one. */
  const giveUp = (error: unknown, parts: readonly LanePart[]): void => {
    observer.applyFailed?.(error);
    const kind = failureKind(error);
    if (kind === 'fence') {
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
    if (kind === 'moment') return;
    if (error instanceof Error) dealtWith.add(error);
    const named = error instanceof EventFailedError ? error.lane : undefined;
    if (named === undefined) for (const { lane } of parts) suspects.add(lane.lane);
    const blamed =
      named !== undefined
        ? parts.find(({ lane }) => lane.lane === named)
        : parts.length === 1
          ? parts[0]
          : undefined;
    if (blamed === undefined) return;
    const { lane, read } = blamed;
    const firstSequence = (read?.endOffset ?? 0) - (read?.eventCount ?? 0) + 1;
    const batch = { firstSequence, events: read?.eventCount ?? 0 };
    noteFailure(lane, kind, error, batch, committedAt > (lane.trouble.since ?? Infinity));
    const facts = { err: error, lane: lane.lane, failures: lane.failures, ...batch };
    if (lane.failures > 0) logger.error(facts, 'A lane cannot be applied; it waits');
    else logger.warn(facts, 'A batch of a lane cannot be applied; the event to blame is looked for');
  };

  const tellVisible = (parts: readonly LanePart[]): void => {
    const aheadMs = reader.clockAheadMs();
    if (aheadMs === undefined) return;
    const now = Date.now() + aheadMs;
    for (const { read } of parts) {
      for (const { receivedAt, skip, end } of read?.records ?? [])
        observer.visible?.(end - skip, Math.max(0, now - receivedAt) / 1000);
    }
  };

  const write = async (
    parts: readonly LanePart[],
    prepared: PreparedApply,
    parking: readonly LaneParking[],
    startedAt: number,
  ): Promise<void> => {
    const moves = parts.map((part) => moveOf(part, prepared, parking));
    try {
      await options.applyLink.run(membership.leaseMs, (connection) =>
        commit(connection, moves, async (transaction) => {
          await admitParked(transaction, membership, parking, options.retryParkedAfterMs);
          await prepared.write(transaction);
        }),
      );
    } catch (error) {
      giveUp(error, parts);
      throw error;
    }
    prepared.committed();
    committedAt = performance.now();
    limits.events = Math.min(options.limits.events, limits.events + SMALLEST_LIMIT);
    for (const { lane, read } of parts) {
      if (read !== undefined) lane.offset = read.endOffset;
      if (noteSuccess(lane, options.limits.events)) suspects.delete(lane.lane);
    }
    for (const { parked } of parking) {
      for (const { refusal } of parked) if (refusal !== undefined) observer.parked?.(refusal.reason);
    }
    tellVisible(parts);
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

  const transact = async (change: StateChange): Promise<void> => {
    const { lanes, moves, prepared } = change;
    await writtenBefore();
    const ours = lanes.map((lane): OffsetMove => {
      const { lane: number, epoch, offset, hour } = lane;
      return { ...moves?.get(number), lane: number, epoch, fromOffset: offset, fromHour: hour };
    });
    try {
      await options.applyLink.run(membership.leaseMs, (connection) =>
        commit(connection, ours, async (transaction) => {
          await change.write?.(transaction);
          await prepared?.write(transaction);
        }),
      );
    } catch (error) {
      observer.applyFailed?.(error);
      if (error instanceof FenceError) holder.drop(holder.all());
      else holder.close(holder.all());
      throw error;
    }
    prepared?.committed();
    for (const [index, lane] of lanes.entries()) {
      const { toOffset, toHour } = ours[index]!;
      if (toOffset !== undefined) lane.offset = lane.readOffset = toOffset;
      if (toHour !== undefined) lane.hour = toHour;
    }
  };

  const nextBatch = async (): Promise<number> => {
    const startedAt = performance.now();
    let parts: LanePart[] = [];
    let prepared: PreparedApply;
    let parking: LaneParking[];
    try {
      await holder.openAll(options.readLink);
      parts = await reader.next(holder.all(), suspects);
      if (parts.length === 0) return 0;
      prepared = await applier.prepare(parts.map(({ batch }) => batch));
      parking = parkingOf(
        parts.map(({ lane }) => lane),
        prepared,
      );
      for (const { lane } of parts) weighLane(lane, prepared, parking);
    } catch (error) {
      await writtenBefore();
      giveUp(error, parts);
      throw error;
    }
    await writtenBefore();
    for (const { lane, read, batch } of parts) {
      lane.watermark = Math.max(lane.watermark, batch.watermark);
      if (read === undefined) continue;
      lane.readOffset = read.endOffset;
      lane.hour = read.endHour;
      if (read.bytes > 0) lane.bytesPerEvent = read.bytes / read.eventCount;
    }
    for (const { lane, parked } of parking) {
      for (const { logged } of parked) {
        const { subject } = logged.event;
        lane.parked.set(subject, (lane.parked.get(subject) ?? 0) + 1);
      }
    }
    writing = write(parts, prepared, parking, startedAt);
    // Whoever comes next waits for it and hears of its error; meanwhile the next batch is read and prepared.
    writing.catch(() => undefined);
    return eventCount(parts);
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
      try {
        return await nextBatch();
      } catch (error) {
        if (error instanceof Error && dealtWith.has(error)) return 0;
        throw error;
      }
    },
    settled: () => writing.catch(() => undefined),
    hands: {
      membership,
      read: (work) => options.readLink.run(membership.leaseMs, work),
      transact,
      forget: (lanes) => holder.close(lanes),
    },
  };
}

function weighLane(lane: OwnedLane, prepared: PreparedApply, parking: readonly LaneParking[]): void {
  const devices = prepared.counts.find((count) => count.lane === lane.lane)?.devices ?? 0;
  weighRefusals(lane, devices, parking.find((one) => one.lane === lane)?.parked ?? []);
}

function moveOf(
  { lane, batch, read }: LanePart,
  prepared: PreparedApply,
  parking: readonly LaneParking[],
): OffsetMove {
  const counts = prepared.counts.find((count) => count.lane === lane.lane);
  const parked = parking.find((one) => one.lane === lane);
  const moved: LaneCounterDeltas =
    read === undefined ? {} : { toOffset: read.endOffset, toHour: read.endHour, appliedBytes: read.bytes };
  return {
    ...moved,
    ...countLetters(lane.letters, lane.offset, read?.endOffset ?? 0),
    lane: lane.lane,
    epoch: lane.epoch,
    fromOffset: lane.offset,
    fromHour: lane.hour,
    watermark: batch.watermark,
    duplicates: counts?.duplicates ?? 0,
    late: counts?.late ?? 0,
    quarantined: counts?.quarantined ?? 0,
    erased: counts?.erased ?? 0,
    parkedEvents: parked?.parked.length ?? 0,
    parkedDevices: parked?.newDevices ?? 0,
  };
}

const eventCount = (parts: readonly LanePart[]): number =>
  parts.reduce((sum, { read }) => sum + (read?.eventCount ?? 0), 0);

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;

const countsOf = (parts: readonly LanePart[], moves: readonly OffsetMove[]) => ({
  lanes: parts.filter(({ read }) => read !== undefined).length,
  duplicates: moves.reduce((sum, move) => sum + (move.duplicates ?? 0), 0),
  late: moves.reduce((sum, move) => sum + (move.late ?? 0), 0),
  quarantined: moves.reduce((sum, move) => sum + (move.quarantined ?? 0), 0),
  erased: moves.reduce((sum, move) => sum + (move.erased ?? 0), 0),
});
