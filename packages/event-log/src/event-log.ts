import type { CpeEvent, IntakePath } from '@cpemon/domain';
import type { Connection } from '@cpemon/database';

/** One ordered partition of the log in one generation. */
export interface LaneRef {
  generation: number;
  lane: number;
}

/** An event as the log holds it. `receivedAt` is the database's time, epoch milliseconds. */
export interface LoggedEvent {
  sequence: number;
  receivedAt: number;
  event: CpeEvent;
}

/** The next events of one lane, in order and without a gap; none when only the watermark moved. */
export interface LaneBatch extends LaneRef {
  /** To be gone through once: a large batch is parsed as it goes, so that it need not stand in memory whole. */
  events: Iterable<LoggedEvent>;
  /** Database time (epoch ms) up to which the lane is applied once this batch is committed. */
  watermark: number;
}

/** What one batch of one lane came to; counted in the transaction that moves the offset. */
export interface LaneCounts extends LaneRef {
  duplicates: number;
  late: number;
}

/** The effect of some batches, decided but not yet written. */
export interface PreparedApply {
  counts: LaneCounts[];
  /** Writes the effect. `transaction` has already moved the offsets and proved that the lanes are ours. */
  write(transaction: Connection): Promise<void>;
  /** Called after COMMIT has answered. */
  committed(): void;
}

/**
 * What a consumer group does with its events. A lane is opened before its first batch; after any error, lost
 * answer or lost lease it is closed, and whatever was remembered about it is void. A batch may be
 * prepared while the one before it is written; they are written in the order in which they were prepared.
 */
export interface LaneApplier {
  openLane(lane: LaneRef): Promise<void>;
  /** Decides the effect of the batches (one a lane). May read the database, writes nothing. */
  prepare(batches: LaneBatch[]): Promise<PreparedApply>;
  closeLane(lane: LaneRef): void;
}

/** Counters and positions of one lane for one group. Times are epoch ms of the database's clock. */
export interface LaneStats extends LaneRef {
  /** The last sequence given; also the number of events ever accepted in the lane. */
  head: number;
  /** The last sequence applied. */
  offset: number;
  lagEvents: number;
  oldestUnappliedAt: number | null;
  duplicates: number;
  late: number;
  owner: string | null;
  epoch: number;
  /** Database time up to which the lane has been applied; null before the first writer. */
  watermark: number | null;
}

export interface MemberStats {
  member: string;
  host: string;
  version: string;
  startedAt: number;
  leaseUntil: number;
  lanes: number;
}

export interface LogStats {
  /** The database's time when the figures were read, epoch ms. */
  at: number;
  lanes: LaneStats[];
  /** Members of the group whose lease has not run out. */
  members: MemberStats[];
}

/** Takes events and answers when they are durable. */
export interface LogAppender {
  /**
   * Resolves when every event is committed; they are then all in the log, each device's in the order given.
   * @throws LogFullError when the buffer has no room: nothing of this call was taken
   * @throws LogUnavailableError when the database did not answer in time: the events may or may not be in the log
   */
  append(events: readonly CpeEvent[], path: IntakePath): Promise<void>;
  /** What waits for a flush now. */
  buffered(): { events: number; bytes: number; callers: number };
  /** Flushes what waits, then releases the connections. */
  close(): Promise<void>;
}

export interface LogConsumer {
  /** Lanes this process owns now. */
  ownedLanes(): LaneRef[];
  /** Finishes the batch in hand, hands the lanes back and releases the connections. */
  stop(): Promise<void>;
}

/** The buffer in front of the log is full; the sender should try again after the given time. */
export class LogFullError extends Error {
  override readonly name = 'LogFullError';
}

/** The log could not be reached in time. */
export class LogUnavailableError extends Error {
  override readonly name = 'LogUnavailableError';
}
