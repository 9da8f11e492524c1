export * from './connection.js';
export * from './errors.js';
export * from './free-disk.js';
export * from './pool-use.js';
export * from './server-checks.js';
export * from './server-watch.js';
export { migrate, MigrationError, type MigrationOptions, type MigrationReport } from './migrator.js';
export * from './users.js';
export { dumpSchema } from './schema-dump.js';
