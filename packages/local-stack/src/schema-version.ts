import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DatabaseAddress } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { MigrateOptions } from './migrate-database.js';

const PAUSE_MS = 1000;
const SAY_EVERY_TRIES = 15;

/**
 * Waits until every migration of `migrationsFolder` has been applied by somebody else: what a pod does before its
 * service starts. A newer schema will do, as each release runs on the next one's. The login needs to read
 * `schema_migrations` only.
 * @throws Error with the last reason when that took longer than `waitMs`
 */
export async function untilMigrated(
  address: DatabaseAddress,
  { migrationsFolder, waitMs, say }: MigrateOptions,
): Promise<void> {
  const wanted = readdirSync(migrationsFolder).filter((name) => /^\d{4}_.*\.sql$/.test(name)).length;
  const giveUpAt = performance.now() + waitMs;
  for (let tries = 0; ; tries++) {
    const found = await readVersion(address);
    if (typeof found === 'number' && found >= wanted)
      return say(`The schema has version ${found}; this release needs ${wanted}.`);
    const reason = typeof found === 'number' ? `it has version ${found}` : found;
    if (performance.now() >= giveUpAt)
      throw new Error(`The schema did not get to version ${wanted} within ${waitMs / 1000} s: ${reason}`);
    if (tries % SAY_EVERY_TRIES === 0) say(`Waiting for version ${wanted} of the schema: ${reason}`);
    await sleep(PAUSE_MS);
  }
}

/** The number of the last migration that is finished, or why that cannot be told. */
async function readVersion(address: DatabaseAddress): Promise<number | string> {
  try {
    const connection = await connect(address, {});
    try {
      const [[row]] = await connection.query<RowDataPacket[]>(
        'SELECT COALESCE(MAX(number), 0) AS version FROM schema_migrations WHERE applied_at IS NOT NULL',
      );
      return Number(row?.['version']);
    } finally {
      await connection.end();
    }
  } catch (error) {
    return (error as Error).message;
  }
}
