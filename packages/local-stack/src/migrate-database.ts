import { setTimeout as sleep } from 'node:timers/promises';
import {
  connect,
  judgeServer,
  migrate,
  MigrationError,
  readServerVariables,
  UnsuitableServerError,
  type DatabaseAddress,
} from '@cpemon/database';
import type { MigrateEnvironment } from './migrate-config.js';
import { prepareDatabase } from './prepare-database.js';

export interface MigrateOptions {
  migrationsFolder: string;
  /** How long a database that cannot be reached is waited for, ms. */
  waitMs: number;
  say: (line: string) => void;
}

/** Nobody listens, the name is not known yet, or the server is still starting. */
const NOT_THERE_YET = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'],
  ...['ECONNRESET', 'PROTOCOL_CONNECTION_LOST', 'ER_SERVER_SHUTDOWN', 'ER_CON_COUNT_ERROR'],
]);
const PAUSE_MS = 1000;
/** One line that the database is awaited in so many tries. */
const SAY_EVERY_TRIES = 15;

/**
 * Waits for the database, brings its schema up to date and gives each role its login. Of several at once one does the
 * work. The schema stays as it is when it is newer than `migrationsFolder`.
 * @throws Error with a sentence for the operator
 */
export async function migrateDatabase(
  { admin, passwords }: MigrateEnvironment,
  { migrationsFolder, waitMs, say }: MigrateOptions,
): Promise<void> {
  await untilReachable(admin, waitMs, say);
  await refuseUnsuitable(admin, say);
  if (passwords === undefined) {
    const { applied, version } = await migrate(admin, migrationsFolder);
    return say(outcome(applied, version));
  }
  const { migrations, hasOwnUsers } = await prepareDatabase(admin, migrationsFolder, passwords);
  say(outcome(migrations.applied, migrations.version));
  if (!hasOwnUsers)
    throw new MigrationError(
      `${admin.user} may not create users: give it CREATE USER and GRANT OPTION, or create the logins yourself and leave the DATABASE_PASSWORD_… variables out`,
    );
  say('Every role has its login.');
}

const outcome = (applied: readonly string[], version: number): string =>
  applied.length === 0
    ? `The schema is up to date (version ${version}).`
    : `The schema is at version ${version}; applied ${applied.join(', ')}.`;

/** Tries until the server answers a login; a schema that is missing is no reason to wait. */
export async function untilReachable(
  address: DatabaseAddress,
  waitMs: number,
  say: (line: string) => void,
): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  for (let tries = 0; ; tries++) {
    try {
      return await (await connect({ ...address, schema: 'information_schema' }, {})).end();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const where = address.socket ?? `${address.host}:${address.port}`;
      if (!NOT_THERE_YET.has(code ?? ''))
        throw new Error(`The database at ${where} refuses ${address.user}: ${message}`, { cause: error });
      if (performance.now() >= giveUpAt)
        throw new Error(`No database at ${where} within ${waitMs / 1000} s (${code})`, { cause: error });
      if (tries % SAY_EVERY_TRIES === 0) say(`Waiting for the database at ${where} (${code})`);
      await sleep(PAUSE_MS);
    }
  }
}

async function refuseUnsuitable(admin: DatabaseAddress, say: (line: string) => void): Promise<void> {
  const connection = await connect({ ...admin, schema: 'information_schema' }, {});
  try {
    // A cluster is for the services to refuse: migrations as such do no harm there.
    const { refusals, warnings, weak } = judgeServer(await readServerVariables(connection), true);
    if (refusals.length > 0) throw new UnsuitableServerError(refusals.join(' '));
    for (const line of [...warnings, ...weak.map(({ sentence }) => sentence)]) say(line);
  } finally {
    await connection.end();
  }
}
