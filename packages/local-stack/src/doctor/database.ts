import { connect, judgeServer, readServerVariables, type DatabaseAddress } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { bad, good, warning, type Finding } from './finding.js';
import { judgeClock } from './machine.js';

/** MySQL: a table that is not there; a schema that is not there. */
const NO_SUCH_TABLE = 1146;
const UNKNOWN_SCHEMA = 1049;

/** The server behind `address`: whether it answers, which it is, whether it keeps what it confirms, its clock and schema. */
export async function examineDatabase(
  address: DatabaseAddress,
  wantedVersion: number,
  now: () => number,
): Promise<Finding[]> {
  const where = address.socket ?? `${address.host}:${address.port}`;
  let connection: Awaited<ReturnType<typeof connect>>;
  try {
    connection = await connect(address, {});
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string };
    return errno === UNKNOWN_SCHEMA
      ? [warning('database', `${where} has no schema ${address.schema} yet: npm run cpemon -- migrate.`)]
      : [bad('database', `${where} cannot be used as ${address.user}: ${message}`)];
  }
  try {
    const variables = await readServerVariables(connection);
    const { refusals, warnings, weak } = judgeServer(variables, false);
    const before = now();
    const [[row]] = await connection.query<RowDataPacket[]>(
      'SELECT UNIX_TIMESTAMP(UTC_TIMESTAMP(6)) * 1000 AS nowMs',
    );
    const offMs = Number(row?.['nowMs']) - (before + now()) / 2;
    return [
      good('database', `${where} is ${variables.get('version') ?? 'of an unknown version'}.`),
      ...refusals.map((sentence) => bad('database', sentence)),
      ...warnings.map((sentence) => warning('database', sentence)),
      ...weak.map(({ sentence }) => bad('durability', sentence)),
      ...(weak.length === 0 ? [good('durability', 'What the database confirms is on disk.')] : []),
      judgeClock(offMs),
      await examineSchema(connection, wantedVersion),
    ];
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

async function examineSchema(
  connection: Awaited<ReturnType<typeof connect>>,
  wanted: number,
): Promise<Finding> {
  try {
    const [[row]] = await connection.query<RowDataPacket[]>(
      'SELECT COALESCE(MAX(number), 0) AS version FROM schema_migrations WHERE applied_at IS NOT NULL',
    );
    return judgeSchema(Number(row?.['version']), wanted);
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string };
    return errno === NO_SUCH_TABLE ? judgeSchema(0, wanted) : bad('schema', message);
  }
}

/** @param found number of the last migration that is finished @param wanted that of this release */
export function judgeSchema(found: number, wanted: number): Finding {
  if (found === wanted) return good('schema', `It has version ${found}, as this release.`);
  return found < wanted
    ? warning(
        'schema',
        `It has version ${found}, this release ${wanted}: npm start or npm run cpemon -- migrate applies the rest.`,
      )
    : warning(
        'schema',
        `It has version ${found}, newer than this release (${wanted}). Services run; migrate refuses.`,
      );
}
