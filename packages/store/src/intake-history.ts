import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  INTAKE_PATHS,
  emptyIntakeHistory,
  type IntakeGap,
  type IntakeHistory,
  type IntakePath,
} from '@cpemon/domain';

/**
 * When each path was accepting: the last moment at which it did, and its gaps that ended after `since`.
 * The moments are read first: a gap before such a moment was committed before it, so no gap can be missing.
 * @param since epoch ms
 */
export async function readIntakeHistory(connection: Connection, since: number): Promise<IntakeHistory> {
  const [paths] = await connection.query<RowDataPacket[]>(
    'SELECT path, accepted_at AS acceptedAt FROM intake_paths',
  );
  const [gaps] = await connection.query<RowDataPacket[]>(
    `
SELECT path, started_at AS startedAt, ended_at AS endedAt
  FROM intake_gaps
 WHERE ended_at > ?
 ORDER BY path, started_at`,
    [new Date(since)],
  );
  const history = emptyIntakeHistory();
  for (const { path, acceptedAt } of paths as { path: IntakePath; acceptedAt: Date }[]) {
    if (INTAKE_PATHS.includes(path)) history[path] = { acceptedAt: acceptedAt.getTime(), gaps: [] };
  }
  const gapsOf = new Map<IntakePath, IntakeGap[]>();
  for (const { path, startedAt, endedAt } of gaps as { path: IntakePath; startedAt: Date; endedAt: Date }[]) {
    const list = gapsOf.get(path) ?? [];
    list.push({ startedAt: startedAt.getTime(), endedAt: endedAt.getTime() });
    gapsOf.set(path, list);
  }
  for (const [path, list] of gapsOf) {
    if (INTAKE_PATHS.includes(path)) history[path] = { ...history[path], gaps: list };
  }
  return history;
}
