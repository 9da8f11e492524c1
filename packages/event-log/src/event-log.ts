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

/** Why an event cannot be applied: its content, a column that does not take it, a type this version does not know. */
export type RefusalReason = 'refused' | 'data_error' | 'unknown_type';

export interface Refusal {
  reason: RefusalReason;
  /** For an operator, one line. */
  cause: string;
}

/**
 * live: the lane's stream. again: events that were parked or dead letters, under their original positions.
 * replay: events that were applied before; the applier rewrites what they alone say, and nothing else.
 */
export type ApplyMode = 'live' | 'again' | 'replay';

/** The next events of one lane, in order and without a gap; none when only the watermark moved. */
export interface LaneBatch extends LaneRef {
  mode: ApplyMode;
  /** To be gone through once: a large batch is parsed as it goes, so that it need not stand in memory whole. */
  events: Iterable<LoggedEvent>;
  /** Database time (epoch ms) up to which the lane is applied once this batch is committed. */
  watermark: number;
  /** Database time (epoch ms) of this attempt: what an event that fails until some time is compared with. */
  attemptAt: number;
  /** Devices (subjects) whose events wait: the applier takes no more than a sign of life from them. */
  parked: { has(subject: string): boolean };
  /** Events, by sequence, that failed before and must be refused. */
  refusals: ReadonlyMap<number, Refusal>;
  /** Events, by sequence, that are dead letters already, met again while their lane is rebuilt: signs of life. */
  elsewhere?: { has(sequence: number): boolean };
}

/** An event that was not applied: with a refusal the first of its device, else one behind it. */
export interface ParkedEvent extends LaneRef {
  logged: LoggedEvent;
  refusal?: Refusal;
}

/** What one batch of one lane came to; counted in the transaction that moves the offset. */
export interface LaneCounts extends LaneRef {
  duplicates: number;
  late: number;
  /** Events of identities that are no devices; absent: none. */
  quarantined?: number;
  /** Events that were received before their device was erased; absent: none. */
  erased?: number;
  /** Devices whose events were applied. */
  devices: number;
  /** Events that changed nothing because their devices are not known; of a replay. */
  leftOut?: number;
}

/** The effect of some batches, decided but not yet written. */
export interface PreparedApply {
  counts: LaneCounts[];
  /** What was not applied, in order; see parking-sieve.ts. */
  parked: ParkedEvent[];
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
  /**
   * Removes what was derived from a lane's events, so that they can be applied anew; what has left (notifications) and
   * what operators did stay. Without it a lane cannot be rebuilt.
   * @param transaction has proved that the lane is ours
   * @param maxRows about how many to remove at once
   * @returns how many were removed; 0 when nothing is left
   */
  clearLane?(lane: LaneRef, transaction: Connection, maxRows: number): Promise<number>;
}

/** Counters and positions of one lane for one group. Times are epoch ms of the database's clock. */
export interface LaneStats extends LaneRef {
  /** The last sequence given, and the one after which the lane began: so many events apart were ever accepted in it. */
  head: number;
  base: number;
  /** The last sequence passed: applied, or counted in one of the terms below. */
  offset: number;
  lagEvents: number;
  oldestUnappliedAt: number | null;
  /** Of what was applied. */
  duplicates: number;
  late: number;
  quarantined: number;
  erased: number;
  /** Of the positions up to `offset`: waiting behind or at an event that cannot be applied, given up, skipped. */
  parkedEvents: number;
  parkedDevices: number;
  deadLetters: number;
  discarded: number;
  skipped: number;
  /** Bytes of the events that wait (JSON, as stored). */
  lagBytes: number;
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

/** Events of one lane on their way into the log, in their order. */
export interface EncodedEvents {
  lane: number;
  eventCount: number;
  /** A JSON array without blanks around it, as text or as UTF-8. */
  json: string | Uint8Array;
  /** Length of `json` as UTF-8. */
  bytes: number;
}

/** Takes events that were encoded elsewhere, as by another thread. */
export interface EncodedAppender {
  /** Lanes to encode for; 0 while the log has not been reached. Other numbers are encoded again. */
  lanes(): number;
  /**
   * As `LogAppender.append`.
   * @param lanes number of lanes that `events` are encoded for
   * @param traceparent that all of them carry, for those who record traces
   */
  append(
    events: readonly EncodedEvents[],
    lanes: number,
    path: IntakePath,
    traceparent?: string,
  ): Promise<void>;
}

/** Takes events and answers when they are durable. */
export interface LogAppender {
  /**
   * Resolves when every event is committed; they are then all in the log, each device's in the order given.
   * @throws LogFullError when the buffer has no room: nothing of this call was taken
   * @throws LogUnavailableError when the database did not answer in time: the events may or may not be in the log
   */
  append(events: readonly CpeEvent[], path: IntakePath): Promise<void>;
  /** Absent where the log has no such form. */
  encoded?: EncodedAppender;
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
