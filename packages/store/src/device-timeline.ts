import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** A row of a device's timeline; the time is epoch ms. */
export interface TimelineRow {
  at: number;
  kind: string;
  identity: string;
  data: unknown;
}

/** Where a page of a timeline ended. */
export type TimelineEnd = Pick<TimelineRow, 'at' | 'kind' | 'identity'>;

/** What happened to a device, newest first. @param page.kinds only these */
export async function readTimeline(
  connection: Connection,
  deviceId: number,
  {
    limit,
    before,
    kinds,
    from,
    until,
  }: {
    limit: number;
    before?: TimelineEnd | undefined;
    kinds?: readonly string[] | undefined;
    /** Epoch ms: from, and before. */
    from?: number | undefined;
    until?: number | undefined;
  },
): Promise<TimelineRow[]> {
  const conditions: [sql: string, values: unknown[]][] = [['device_id = ?', [deviceId]]];
  if (kinds !== undefined) conditions.push(['kind IN (?)', [kinds]]);
  if (from !== undefined) conditions.push(['at >= ?', [new Date(from)]]);
  if (until !== undefined) conditions.push(['at < ?', [new Date(until)]]);
  if (before !== undefined) {
    const at = new Date(before.at);
    // The first half alone is what an index is good for.
    conditions.push([
      'at <= ? AND (at < ? OR kind < ? OR (kind = ? AND identity < ?))',
      [at, at, before.kind, before.kind, before.identity],
    ]);
  }
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT at, kind, identity, data FROM device_events
 WHERE ${conditions.map(([sql]) => `(${sql})`).join(' AND ')}
 ORDER BY at DESC, kind DESC, identity DESC
 LIMIT ?`,
    [...conditions.flatMap(([, values]) => values), limit],
  );
  return rows.map((row) => ({
    at: (row['at'] as Date).getTime(),
    kind: row['kind'] as string,
    identity: row['identity'] as string,
    data: JSON.parse(row['data'] as string) as unknown,
  }));
}
