import { createHash } from 'node:crypto';
import { connect, type DatabaseAddress, type SingleConnection } from './connection.js';
import { checksum, readMigrationFiles, type MigrationFile } from './migration-files.js';

export interface MigrationOptions {
  /** How long to wait for another migrator of the same schema, seconds. */
  lockWaitSeconds?: number;
}

export interface MigrationReport {
  /** Names of the files applied by this call, in order. */
  applied: string[];
  /** Number of the last applied file: the version of the schema. */
  version: number;
}

/** A migration that cannot go on without a person; the message says what to do. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

interface AppliedMigration {
  number: number;
  name: string;
  /** Of the statements that are in place. */
  checksum: string;
  statementsDone: number;
  finished: boolean;
  /** The next statement was refused by the server (so it had no effect); null after a crash. */
  failure: string | null;
}

const MIGRATIONS_TABLE = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  number INT UNSIGNED NOT NULL,
  name VARCHAR(255) NOT NULL,
  checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  statements_done INT UNSIGNED NOT NULL,
  started_at DATETIME(3) NOT NULL,
  applied_at DATETIME(3) NULL,
  failure TEXT NULL,
  PRIMARY KEY (number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin`;

/** The object is there already, or gone already: 1050 table, 1060 column, 1061 key, 1091 drop of neither, 1304 routine. */
const EFFECT_IS_THERE = new Set([1050, 1051, 1060, 1061, 1091, 1304, 1305]);

/**
 * Applies the numbered files of `folder` that the schema lacks, in order, under one lock per schema: of several
 * migrators started at once one does the work and the others find it done.
 *
 * Progress is recorded per statement, because DDL cannot be rolled back: a run that stopped in the middle of a file
 * goes on where it stopped.
 *
 * @throws MigrationError when files and schema disagree, a statement fails, or the lock is not free in time
 */
export async function migrate(
  address: DatabaseAddress,
  folder: string,
  { lockWaitSeconds = 60 }: MigrationOptions = {},
): Promise<MigrationReport> {
  const files = readMigrationFiles(folder);
  const connection = await connect(address, {});
  try {
    await takeLock(connection, address.schema, lockWaitSeconds);
    await connection.query(MIGRATIONS_TABLE);
    const recorded = await readApplied(connection);
    const pending = compare(files, recorded);
    for (const { file, previous } of pending) await applyFile(connection, file, previous);
    return { applied: pending.map(({ file }) => file.name), version: files.length };
  } finally {
    // Ends the session, and with it the lock.
    await connection.end().catch(() => connection.destroy());
  }
}

async function takeLock(connection: SingleConnection, schema: string, waitSeconds: number): Promise<void> {
  // Lock names are per server and at most 64 characters.
  const name = `cpemon.migrate.${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`;
  const [rows] = await connection.query('SELECT GET_LOCK(?, ?) AS taken, IS_USED_LOCK(?) AS holder', [
    name,
    waitSeconds,
    name,
  ]);
  const [{ taken, holder } = {}] = rows as { taken?: number; holder?: number }[];
  if (taken !== 1) {
    throw new MigrationError(
      `Another migration of schema ${schema} has been running for more than ${waitSeconds} s (database connection ${holder}); wait for it, or end it with KILL ${holder}`,
    );
  }
}

async function readApplied(connection: SingleConnection): Promise<AppliedMigration[]> {
  const [rows] = await connection.query(
    `SELECT number, name, checksum, statements_done AS statementsDone, applied_at IS NOT NULL AS finished, failure
       FROM schema_migrations ORDER BY number`,
  );
  return (rows as (Omit<AppliedMigration, 'finished'> & { finished: number })[]).map((row) => ({
    ...row,
    finished: row.finished === 1,
  }));
}

interface PendingFile {
  file: MigrationFile;
  previous: AppliedMigration | null;
}

/** What is left to do, or a refusal when the folder does not continue what the schema records. */
function compare(files: MigrationFile[], recorded: AppliedMigration[]): PendingFile[] {
  recorded.forEach((applied, index) => {
    const file = files[index];
    if (applied.number !== index + 1) {
      throw new MigrationError(
        `schema_migrations has no row for number ${index + 1}, but one for ${applied.name}`,
      );
    }
    if (file?.name !== applied.name) {
      throw new MigrationError(
        `${applied.name} was applied to this schema, but the release at hand ${file ? `has ${file.name} in its place` : 'does not have it'}: use a release that is at least as new as the schema`,
      );
    }
    const count = applied.finished ? file.statements.length : applied.statementsDone;
    if (checksum(file, count) !== applied.checksum) {
      throw new MigrationError(
        `${file.name} was changed after ${applied.finished ? 'it' : `its first ${count} statements`} had been applied: bring the applied text back, and put the change into a new file`,
      );
    }
  });
  return files
    .map((file, index) => ({ file, previous: recorded[index] ?? null }))
    .filter(({ previous }) => previous?.finished !== true);
}

async function applyFile(
  connection: SingleConnection,
  file: MigrationFile,
  previous: AppliedMigration | null,
): Promise<void> {
  if (previous === null) {
    await connection.query(
      `INSERT INTO schema_migrations (number, name, checksum, statements_done, started_at)
       VALUES (?, ?, ?, 0, UTC_TIMESTAMP(3))`,
      [file.number, file.name, checksum(file, 0)],
    );
  }
  const first = previous?.statementsDone ?? 0;
  for (let index = first; index < file.statements.length; index++) {
    const mayHaveRun = previous !== null && index === first && previous.failure === null;
    await applyStatement(connection, file, index, mayHaveRun);
  }
  await connection.query('UPDATE schema_migrations SET applied_at = UTC_TIMESTAMP(3) WHERE number = ?', [
    file.number,
  ]);
}

/** Rows that a statement changes are committed together with its record; DDL commits by itself just before. */
async function applyStatement(
  connection: SingleConnection,
  file: MigrationFile,
  index: number,
  mayHaveRun: boolean,
): Promise<void> {
  const statement = file.statements[index]!;
  await connection.query('START TRANSACTION');
  try {
    await connection.query(statement.sql);
  } catch (error) {
    // Stopped between a DDL statement and its record: each is atomic on the server, so "exists" means done.
    const isDone = mayHaveRun && EFFECT_IS_THERE.has((error as { errno?: number }).errno ?? 0);
    if (!isDone) throw await recordFailure(connection, file, index, error as Error);
  }
  await connection.query(
    'UPDATE schema_migrations SET statements_done = ?, checksum = ?, failure = NULL WHERE number = ?',
    [index + 1, checksum(file, index + 1), file.number],
  );
  await connection.query('COMMIT');
}

async function recordFailure(
  connection: SingleConnection,
  file: MigrationFile,
  index: number,
  error: Error,
): Promise<MigrationError> {
  try {
    await connection.query('ROLLBACK');
    await connection.query('UPDATE schema_migrations SET failure = ? WHERE number = ?', [
      error.message.slice(0, 1000),
      file.number,
    ]);
  } catch {
    // The connection is gone: the next run treats the statement as one that may have run.
  }
  const inPlace =
    index === 0 ? 'nothing of it' : `its first ${index} of ${file.statements.length} statements`;
  return new MigrationError(
    `${file.name} stopped at line ${file.statements[index]!.line}: ${error.message}. The schema has ${inPlace}; mend the cause and migrate again, it goes on at that statement`,
    { cause: error },
  );
}
