export { breakingChanges, type BreakingChange } from './breaking-changes.js';
export { compareSnapshots, type Schemas, type SnapshotComparison } from './compare-snapshots.js';
export { EVENT_SCHEMAS } from './event-schemas.js';
export type { JsonSchema } from './json-schema.js';
export { schemaPage } from './schema-page.js';
