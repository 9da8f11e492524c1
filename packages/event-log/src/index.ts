export * from './event-log.js';
export { EventFailedError } from './event-failed-error.js';
export { OperatorError } from './operator-error.js';
export { formatPosition, parsePosition, type Position } from './position.js';
export { createParkingSieve, type ParkingSieve } from './parking-sieve.js';
export type { LaneWork, OwnerHands, StateChange } from './mysql/consume/lane-work.js';
export { DEFAULT_RETRY_SCHEDULE, type RetrySchedule } from './mysql/parking/retry-schedule.js';
export { createMySqlAppender, type AppenderOptions, type AppendObserver } from './mysql/append/appender.js';
export { encodeEvents } from './mysql/append/flush-packet.js';
export { DEFAULT_APPEND_LIMITS, type AppendLimits } from './mysql/append/append-buffer.js';
export type { ConsumerObserver } from './mysql/consume/batch-runner.js';
export { startMySqlConsumer, type ConsumerOptions } from './mysql/consume/consumer.js';
export type { EventLogLogger } from './mysql/event-log-logger.js';
export { createSteadyConnection, type SteadyConnection } from './mysql/connection/steady-connection.js';
export {
  DEAD_LETTER_STATES,
  type DeadLetterFilter,
  type DeadLetterState,
} from './mysql/parking/dead-letter-filter.js';
export {
  askDeadLetter,
  askDeadLetters,
  type DeadLetterChoice,
  type DeadLetterWish,
} from './mysql/parking/dead-letter-wishes.js';
export {
  listDeadLetters,
  readDeadLetter,
  type DeadLetter,
  type DeadLetterCursor,
} from './mysql/parking/dead-letters.js';
export {
  audited,
  auditedByItself,
  listAudit,
  writeAudit,
  type AuditEntry,
  type AuditFilter,
  type OperatorAct,
} from './mysql/operator-audit.js';
export { eraseSetAside, type ErasedSetAside } from './mysql/parking/erase-set-aside.js';
export {
  listParked,
  readParked,
  type ParkedCursor,
  type ParkedDevice,
  type WaitingEvent,
} from './mysql/parking/parked-devices.js';
export {
  openGeneration,
  openGenerationAfterRestore,
  type GenerationRequest,
  type OpenedGeneration,
} from './mysql/generations/open-generation.js';
export {
  askRebuild,
  listRebuilds,
  type Rebuild,
  type RebuildState,
  type RebuildWish,
} from './mysql/replay/rebuilds.js';
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
} from './mysql/replay/replays.js';
export { createReplayWork, type ReplayWorkOptions } from './mysql/replay/replay-work.js';
export { createRebuildWork, type RebuildWorkOptions } from './mysql/replay/rebuild-work.js';
export { askSkip, listSkips, type Skip, type SkipWish } from './mysql/parking/skips.js';
export { readBacklogBytes } from './mysql/append/backlog.js';
export type { Generation } from './mysql/generations/generation.js';
export type { MoveHome } from './mysql/generations/hand-over.js';
export { LogShapeError } from './mysql/generations/log-shape.js';
export { readLogStats } from './mysql/log-stats.js';
export { readEventAt } from './mysql/read-event-at.js';

/** The consumer group that keeps device state: the one that lag, backlog and retention are measured by. */
export const STATE_GROUP = 'state';
