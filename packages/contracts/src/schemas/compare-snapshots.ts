import { breakingChanges } from './breaking-changes.js';
import type { JsonSchema } from './json-schema.js';

/** Schemas by type of event. */
export type Schemas = Readonly<Record<string, JsonSchema>>;

export interface SnapshotComparison {
  /** Sentences on what breaks a reader. */
  broken: string[];
  /** Types of which the snapshot is not what the schema is, without breaking anybody. */
  outdated: string[];
}

/** Compares the schemas with their committed snapshots, which are what the last release wrote and read. */
export function compareSnapshots(schemas: Schemas, snapshots: Schemas): SnapshotComparison {
  const broken: string[] = [];
  const outdated: string[] = [];
  for (const [type, snapshot] of Object.entries(snapshots)) {
    const schema = schemas[type];
    if (schema === undefined) {
      broken.push(`${type}: the type is gone, and the log may hold events of it`);
      continue;
    }
    for (const { at, what } of breakingChanges(snapshot, schema))
      broken.push(`${type}: ${at || 'the event'} ${what}`);
  }
  for (const [type, schema] of Object.entries(schemas)) {
    if (JSON.stringify(schema) !== JSON.stringify(snapshots[type])) outdated.push(type);
  }
  return { broken, outdated };
}
