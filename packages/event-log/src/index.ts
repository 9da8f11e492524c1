export * from './event-log.js';
export { EventFailedError } from './event-failed-error.js';
export { OperatorError } from './operator-error.js';
export { formatPosition, parsePosition, type Position } from './position.js';
export { createParkingSieve, type ParkingSieve } from './parking-sieve.js';
export type { LaneWork, OwnerHands, StateChange } from './mysql/lane-work.js';
export { DEFAULT_RETRY_SCHEDULE, type RetrySchedule } from './mysql/retry-schedule.js';
export { createMySqlAppender, type AppenderOptions, type AppendObserver } from './mysql/appender.js';
export { DEFAULT_APPEND_LIMITS, type AppendLimits } from './mysql/append-buffer.js';
export type { ConsumerObserver } from './mysql/batch-runner.js';
export { startMySqlConsumer, type ConsumerOptions } from './mysql/consumer.js';
export type { EventLogLogger } from './mysql/event-log-logger.js';
export { createSteadyConnection, type SteadyConnection } from './mysql/steady-connection.js';
export {
  DEAD_LETTER_STATES,
  type DeadLetterFilter,
  type DeadLetterState,
} from './mysql/dead-letter-filter.js';
export {
  askDeadLetter,
  askDeadLetters,
  type DeadLetterChoice,
  type DeadLetterWish,
} from './mysql/dead-letter-wishes.js';
export {
  listDeadLetters,
  readDeadLetter,
  type DeadLetter,
  type DeadLetterCursor,
} from './mysql/dead-letters.js';
export {
  audited,
  auditedByItself,
  listAudit,
  writeAudit,
  type AuditEntry,
  type AuditFilter,
  type OperatorAct,
} from './mysql/operator-audit.js';
export {
  listParked,
  readParked,
  type ParkedCursor,
  type ParkedDevice,
  type WaitingEvent,
} from './mysql/parked-devices.js';
export {
  openGeneration,
  openGenerationAfterRestore,
  type GenerationRequest,
  type OpenedGeneration,
} from './mysql/open-generation.js';
export {
  askRebuild,
  listRebuilds,
  type Rebuild,
  type RebuildState,
  type RebuildWish,
} from './mysql/rebuilds.js';
export {
  askReplay,
  listReplays,
  readReplay,
  stopReplay,
  type Replay,
  type ReplayDetails,
  type ReplayFailure,
  type ReplayLane,
  type ReplayState,
  type ReplayWish,
} from './mysql/replays.js';
export { createReplayWork, type ReplayWorkOptions } from './mysql/replay-work.js';
export { createRebuildWork, type RebuildWorkOptions } from './mysql/rebuild-work.js';
export { askSkip, listSkips, type Skip, type SkipWish } from './mysql/skips.js';
export { readBacklogBytes } from './mysql/backlog.js';
export type { Generation } from './mysql/generation.js';
export type { MoveHome } from './mysql/hand-over.js';
export { LogShapeError } from './mysql/log-shape.js';
export { readLogStats } from './mysql/log-stats.js';

/** The consumer group that keeps device state: the one that lag, backlog and retention are measured by. */
export const STATE_GROUP = 'state';
