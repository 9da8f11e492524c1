import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { INTAKE_PATHS, type IntakeMoment, type IntakePath, type SilentNow } from '@cpemon/domain';

/** A process that takes events in on a path; `beatAt` in epoch ms of the database. */
export interface IntakeProcess {
  process: string;
  path: string;
  service: string;
  accepting: boolean;
  beatAt: number;
}

/** Processes that were heard of in the last `withinSeconds`. */
export async function readIntakeProcesses(
  connection: Connection,
  withinSeconds: number,
): Promise<IntakeProcess[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT process, path, service, accepting, beat_at AS beatAt
  FROM intake_processes
 WHERE beat_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND
 ORDER BY service, process, path`,
    [withinSeconds],
  );
  return rows.map((row) => ({
    ...(row as IntakeProcess),
    accepting: row['accepting'] === 1,
    beatAt: (row['beatAt'] as Date).getTime(),
  }));
}

/** When each path last accepted, who is silent, and the database's time now. */
export async function readIntakeMoment(connection: Connection): Promise<IntakeMoment> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT UTC_TIMESTAMP(3) AS now, p.path, p.accepted_at AS acceptedAt
  FROM (SELECT 1) AS once
  LEFT JOIN intake_paths AS p ON TRUE`,
  );
  const acceptedAt = new Map<IntakePath, number>();
  for (const row of rows) {
    const path = INTAKE_PATHS.find((known) => known === row['path']);
    if (path !== undefined) acceptedAt.set(path, (row['acceptedAt'] as Date).getTime());
  }
  const [silent] = await connection.query<RowDataPacket[]>(
    'SELECT kind, name, started_at AS since FROM source_silences WHERE ended_at IS NULL ORDER BY kind, name',
  );
  const silences = silent.map((row) => ({
    ...(row as SilentNow),
    since: (row['since'] as Date).getTime(),
  }));
  return { at: (rows[0]?.['now'] as Date).getTime(), acceptedAt, silences };
}
