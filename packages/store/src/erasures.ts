import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { DeviceIdentity } from '@cpemon/domain';
import { ensureErasureKey } from './erasure-keys.js';

export type ErasureState = 'asked' | 'erasing' | 'done';

/** An erasure as operators see it. Times are epoch ms. */
export interface Erasure {
  id: string;
  state: ErasureState;
  actor: string;
  reason: string;
  askedAt: number;
  /** Null while its events are not known to be in the log. */
  toldAt: number | null;
  settledAt: number | null;
  /** Devices that were erased so far, and rows of the inventory. */
  devices: number;
  inventory: number;
}

/** What is to be erased: one form of a serial number; OUI and product class empty for all devices with it. */
export type ErasureSubject = DeviceIdentity & { erasureId: string };

const COLUMNS = `erasure_id AS id, state, actor, reason, devices, inventory,
  CAST(UNIX_TIMESTAMP(asked_at) * 1000 AS UNSIGNED) AS askedAt,
  CAST(UNIX_TIMESTAMP(told_at) * 1000 AS UNSIGNED) AS toldAt,
  CAST(UNIX_TIMESTAMP(settled_at) * 1000 AS UNSIGNED) AS settledAt`;

/** Writes down that something is to be erased. The lanes are told after it is committed. */
export async function beginErasure(
  transaction: Connection,
  { id, actor, reason, inventory }: Pick<Erasure, 'id' | 'actor' | 'reason' | 'inventory'>,
  subjects: readonly DeviceIdentity[],
): Promise<void> {
  await ensureErasureKey(transaction);
  await transaction.query(
    'INSERT INTO erasures (erasure_id, actor, reason, asked_at, inventory) VALUES (?, ?, ?, SYSDATE(3), ?)',
    [id, actor.slice(0, 128), reason.slice(0, 255), inventory],
  );
  await transaction.query(
    'INSERT INTO erasure_subjects (erasure_id, serial_number, oui, product_class) VALUES ?',
    [subjects.map(({ serialNumber, oui, productClass }) => [id, serialNumber, oui, productClass])],
  );
}

/** Notes that the lanes have been told. */
export async function bookErasureTold(connection: Connection, id: string): Promise<void> {
  await connection.query('UPDATE erasures SET told_at = COALESCE(told_at, SYSDATE(3)) WHERE erasure_id = ?', [
    id,
  ]);
}

/** An erasure; null when there is none of that name. */
export async function readErasure(connection: Connection, id: string): Promise<Erasure | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM erasures WHERE erasure_id = ?`,
    [id],
  );
  return row === undefined ? null : erasureOf(row);
}

/** Erasures, newest first. @param page.after time and id at the end of the page before */
export async function listErasures(
  connection: Connection,
  { state }: { state?: ErasureState },
  { limit, after }: { limit: number; after?: readonly [askedAt: number, id: string] },
): Promise<Erasure[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM erasures
      WHERE (? IS NULL OR state = ?) AND (? IS NULL OR asked_at < FROM_UNIXTIME(?) OR (asked_at = FROM_UNIXTIME(?) AND erasure_id < ?))
      ORDER BY asked_at DESC, erasure_id DESC
      LIMIT ?`,
    [
      ...[state ?? null, state ?? null],
      ...[after?.[0] ?? null, (after?.[0] ?? 0) / 1000, (after?.[0] ?? 0) / 1000, after?.[1] ?? ''],
      limit,
    ],
  );
  return rows.map(erasureOf);
}

/** The erasure of a serial number that is not done yet; null when there is none. */
export async function findOpenErasure(connection: Connection, serialNumber: string): Promise<Erasure | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM erasures
      WHERE state <> 'done' AND erasure_id IN (SELECT erasure_id FROM erasure_subjects WHERE serial_number = ?)
      ORDER BY asked_at DESC LIMIT 1`,
    [serialNumber],
  );
  return row === undefined ? null : erasureOf(row);
}

/** Erasures whose lanes may not have been told: the process that was to do it is gone. */
export async function findUntoldErasures(
  connection: Connection,
  { olderThanSeconds, limit }: { olderThanSeconds: number; limit: number },
): Promise<ErasureSubject[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT s.erasure_id AS erasureId, s.serial_number AS serialNumber, s.oui, s.product_class AS productClass
       FROM erasures AS e
       JOIN erasure_subjects AS s ON s.erasure_id = e.erasure_id
      WHERE e.state = 'asked' AND e.told_at IS NULL AND e.asked_at < SYSDATE(3) - INTERVAL ? SECOND
      ORDER BY e.asked_at, s.erasure_id, s.serial_number
      LIMIT ?`,
    [olderThanSeconds, limit],
  );
  return rows as ErasureSubject[];
}

/** Erasures whose devices are gone, the oldest first: what is left of them is to be removed. */
export async function findErasing(connection: Connection, limit: number): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT erasure_id FROM erasures WHERE state = 'erasing' ORDER BY asked_at, erasure_id LIMIT ?",
    [limit],
  );
  return rows.map((row) => row['erasure_id'] as string);
}

/** Nothing is left: what named the device goes as well. @returns false when it was settled before */
export async function settleErasure(transaction: Connection, id: string): Promise<boolean> {
  const [result] = await transaction.query<ResultSetHeader>(
    "UPDATE erasures SET state = 'done', settled_at = SYSDATE(3) WHERE erasure_id = ? AND state = 'erasing'",
    [id],
  );
  await transaction.query('DELETE FROM erasure_subjects WHERE erasure_id = ?', [id]);
  return result.affectedRows === 1;
}

function erasureOf(row: RowDataPacket): Erasure {
  return {
    ...(row as Erasure),
    devices: Number(row['devices']),
    inventory: Number(row['inventory']),
    askedAt: Number(row['askedAt']),
    toldAt: row['toldAt'] === null ? null : Number(row['toldAt']),
    settledAt: row['settledAt'] === null ? null : Number(row['settledAt']),
  };
}
