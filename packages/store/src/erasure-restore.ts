import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { ErasureKey } from '@cpemon/domain';
import { findTombstones, type KeyedTombstone } from './erasure-tombstones.js';

/** Where serial numbers stand, and a condition for what a tombstone is about; `?` is when it was erased. */
const PLACES = [
  { table: 'devices', column: 'serial_number', before: 'first_seen_at', where: 'TRUE' },
  { table: 'quarantined_identities', column: 'serial_number', before: 'first_at', where: 'TRUE' },
  {
    table: 'log_dead_letters',
    column: 'subject',
    before: 'received_at',
    where: "grp = 'state' AND subject <> ''",
  },
] as const;

/** How far tables have been looked through: which of them, and up to what. */
export type SearchPlace = readonly [table: number, after: string];

export const SEARCH_BEGIN: SearchPlace = [0, ''];

export interface ErasedFound {
  serialNumber: string;
  tombstones: KeyedTombstone[];
}

/**
 * Looks for the erased among what is stored: after a restore they are there again.
 * @param place where the look before ended
 * @returns who was found, and where to go on; null at the end
 */
export async function findErasedAgain(
  connection: Connection,
  keys: readonly ErasureKey[],
  [table, after]: SearchPlace,
  limit: number,
): Promise<{ found: ErasedFound[]; next: SearchPlace | null }> {
  const place = PLACES[table];
  if (place === undefined) return { found: [], next: null };
  const { column, before, where } = place;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${column} AS serialNumber, CAST(UNIX_TIMESTAMP(MIN(${before})) * 1000 AS UNSIGNED) AS since
       FROM ${place.table} WHERE ${where} AND ${column} > ? GROUP BY ${column} ORDER BY ${column} LIMIT ?`,
    [after, limit],
  );
  const since = new Map(rows.map((row) => [row['serialNumber'] as string, Number(row['since'])]));
  const tombstones = await findTombstones(connection, keys, [...since.keys()]);
  const found: ErasedFound[] = [];
  for (const [serialNumber, all] of tombstones) {
    const standing = all.filter(({ erasedAt }) => since.get(serialNumber)! <= erasedAt);
    if (standing.length > 0) found.push({ serialNumber, tombstones: standing });
  }
  const last = rows.at(-1);
  const isFull = rows.length === limit && last !== undefined;
  const next: SearchPlace | null = isFull
    ? [table, last['serialNumber'] as string]
    : table + 1 < PLACES.length
      ? [table + 1, '']
      : null;
  return { found, next };
}
