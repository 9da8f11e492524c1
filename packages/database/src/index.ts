export * from './connection.js';
export * from './errors.js';
export { migrate, MigrationError, type MigrationOptions, type MigrationReport } from './migrator.js';
export * from './users.js';
export { dumpSchema } from './schema-dump.js';
