export * from './event-log.js';
export { createMySqlAppender, type AppenderOptions, type AppendObserver } from './mysql/appender.js';
export { DEFAULT_APPEND_LIMITS, type AppendLimits } from './mysql/append-buffer.js';
export type { ConsumerObserver } from './mysql/batch-runner.js';
export { startMySqlConsumer, type ConsumerOptions } from './mysql/consumer.js';
export type { EventLogLogger } from './mysql/event-log-logger.js';
export { createSteadyConnection, type SteadyConnection } from './mysql/steady-connection.js';
export { readLogStats } from './mysql/log-stats.js';

/** The consumer group that keeps device state: the one that lag, backlog and retention are measured by. */
export const STATE_GROUP = 'state';
