import type { LaneApplier, LogAppender, LogConsumer, LogStats } from '../event-log.js';
import type { Position } from '../position.js';

/** What the contract suite needs of a kind of log. */
export interface EventLogAdapter {
  /** A new log without an event, and an empty place for what the recording appliers write. */
  create(): Promise<LogUnderTest>;
}

/** One log, fresh for one test. */
export interface LogUnderTest {
  lanes: number;
  appender(wish?: AppenderWish): Promise<LogAppender>;
  consumer(wish: ConsumerWish): Promise<LogConsumer>;
  /** A way to the log that can fail. */
  openLink(): Promise<Link>;
  stats(group: string): Promise<LogStats>;
  /** Every event in the log in order of lane and sequence. */
  readLog(): Promise<LogEntry[]>;
  /** What the recording appliers wrote and committed, in the order in which it was applied. */
  readApplied(): Promise<AppliedEntry[]>;
  /** Those of a group, in the order of their positions. */
  deadLetters(group: string): Promise<DeadLetterEntry[]>;
  /** @throws OperatorError when it is not dead (any more) */
  requeue(group: string, position: Position): Promise<void>;
  /** Removes the log; everything made from it is stopped by then. */
  discard(): Promise<void>;
}

export interface AppenderWish {
  producer?: string;
  /** Instead of the straight way. */
  link?: Link;
  leaseMs?: number;
  /** After this long a caller is told that the log does not answer. */
  answerWithinMs?: number;
  /** Events that may wait, and the share of one path. */
  limits?: { maxEvents?: number; pathShare?: number };
}

export interface ConsumerWish {
  member: string;
  group?: string;
  applier: LaneApplier;
  /** Instead of the straight way. */
  link?: Link;
  leaseMs?: number;
  /** Events of one state transaction at most. */
  batchEvents?: number;
  retries?: { firstMs?: number; longestMs?: number; attempts?: number; unknownTypeEveryMs?: number };
  /** Called inside every state transaction just before it is committed. */
  beforeCommit?: () => Promise<void>;
}

export interface Link {
  /** Nothing passes in either direction and nobody is told. */
  freeze(): void;
  /** The log hears, and what it answers is lost. */
  loseAnswers(): void;
  /** Connections made from now on work; those that failed stay as they are. */
  heal(): void;
  close(): Promise<void>;
}

export interface LogEntry {
  lane: number;
  sequence: number;
  device: string;
  id: string;
}

export interface AppliedEntry extends LogEntry {
  appliedBy: string;
}

export interface DeadLetterEntry extends Position {
  eventId: string;
  cause: string;
  attempts: number;
  /** applied: requeued, and then applied. */
  state: 'dead' | 'requeue' | 'discard' | 'applied' | 'discarded';
}
