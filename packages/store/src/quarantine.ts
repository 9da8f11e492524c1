import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { DeviceIdentity, QuarantineReason } from '@cpemon/domain';

/** An identity that did not become a device; see sql/0009_identity.sql. Times in epoch ms. */
export interface QuarantinedIdentity extends DeviceIdentity {
  reason: QuarantineReason;
  /** Source of its first event. */
  source: string;
  events: number;
  firstAt: number;
  lastAt: number;
  /** Position of the last event counted. */
  generation: number;
  lastSequence: number;
  releasedAt: number | null;
  releasedBy: string | null;
}

const COLUMNS = `
  serial_number AS serialNumber, oui, product_class AS productClass, reason, source, events, first_at AS firstAt,
  last_at AS lastAt, generation, last_seq AS lastSequence, released_at AS releasedAt, released_by AS releasedBy`;

const ROWS_A_STATEMENT = 1000;

function identityOfRow(row: RowDataPacket): QuarantinedIdentity {
  return {
    ...(row as QuarantinedIdentity),
    events: Number(row['events']),
    firstAt: (row['firstAt'] as Date).getTime(),
    lastAt: (row['lastAt'] as Date).getTime(),
    lastSequence: Number(row['lastSequence']),
    releasedAt: (row['releasedAt'] as Date | null)?.getTime() ?? null,
  };
}

/** The identities in quarantine, released or not, with one of these serial numbers. */
export async function findQuarantined(
  connection: Connection,
  serialNumbers: readonly string[],
): Promise<QuarantinedIdentity[]> {
  const found: QuarantinedIdentity[] = [];
  for (let first = 0; first < serialNumbers.length; first += ROWS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT ${COLUMNS} FROM quarantined_identities WHERE serial_number IN (?)`,
      [serialNumbers.slice(first, first + ROWS_A_STATEMENT)],
    );
    found.push(...rows.map(identityOfRow));
  }
  return found;
}

/** Adds events to identities in quarantine, or puts them there. @param rows `events`: how many more */
export async function addQuarantined(
  transaction: Connection,
  rows: readonly QuarantinedIdentity[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `
INSERT INTO quarantined_identities
  (serial_number, oui, product_class, reason, source, events, first_at, last_at, generation, last_seq)
VALUES ?
ON DUPLICATE KEY UPDATE events = events + VALUES(events), last_at = GREATEST(last_at, VALUES(last_at)),
  last_seq = VALUES(last_seq), generation = VALUES(generation)`,
      [
        rows
          .slice(first, first + ROWS_A_STATEMENT)
          .map((row) => [
            ...[row.serialNumber, row.oui, row.productClass, row.reason, row.source.slice(0, 32), row.events],
            ...[new Date(row.firstAt), new Date(row.lastAt), row.generation, row.lastSequence],
          ]),
      ],
    );
  }
}

/** How many identities are or were in quarantine. Reads an index of them. */
export async function countQuarantined(
  connection: Connection,
): Promise<{ waiting: number; released: number }> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT COUNT(*) AS identities, COUNT(released_at) AS released FROM quarantined_identities',
  );
  const released = Number(row?.['released'] ?? 0);
  return { waiting: Number(row?.['identities'] ?? 0) - released, released };
}

/** Identities in quarantine, by serial number. @param after identity at the end of the page before */
export async function listQuarantined(
  connection: Connection,
  filter: { reason?: QuarantineReason; released?: boolean },
  page: { limit: number; after?: readonly [serialNumber: string, oui: string, productClass: string] },
): Promise<QuarantinedIdentity[]> {
  const conditions = [filter.released === true ? 'released_at IS NOT NULL' : 'released_at IS NULL'];
  const values: unknown[] = [];
  if (filter.reason !== undefined) {
    conditions.push('reason = ?');
    values.push(filter.reason);
  }
  if (page.after !== undefined) {
    conditions.push('(serial_number, oui, product_class) > (?, ?, ?)');
    values.push(...page.after);
  }
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT ${COLUMNS} FROM quarantined_identities
 WHERE ${conditions.join(' AND ')}
 ORDER BY serial_number, oui, product_class
 LIMIT ?`,
    [...values, page.limit],
  );
  return rows.map(identityOfRow);
}

/**
 * Releases identities: what they send from now on makes devices. The number that was in quarantine until now.
 * @param serialNumber of those to be released; absent: all
 */
export async function releaseQuarantined(
  connection: Connection,
  { serialNumber, actor }: { serialNumber?: string; actor: string },
): Promise<number> {
  const which = serialNumber === undefined ? '' : ' AND serial_number = ?';
  const [result] = await connection.query<ResultSetHeader>(
    `UPDATE quarantined_identities SET released_at = SYSDATE(3), released_by = ? WHERE released_at IS NULL${which}`,
    [actor.slice(0, 128), ...(serialNumber === undefined ? [] : [serialNumber])],
  );
  return result.affectedRows;
}

/** What the inventory says of these serial numbers. */
export async function findExpected(
  connection: Connection,
  serialNumbers: readonly string[],
): Promise<DeviceIdentity[]> {
  return findIdentities(connection, 'expected_devices', serialNumbers);
}

/** Devices with these serial numbers that were there before their lane was cleared for a rebuild. */
export async function findRebuilt(
  connection: Connection,
  serialNumbers: readonly string[],
): Promise<DeviceIdentity[]> {
  return findIdentities(connection, 'rebuilt_device_ids', serialNumbers);
}

async function findIdentities(
  connection: Connection,
  table: 'expected_devices' | 'rebuilt_device_ids',
  serialNumbers: readonly string[],
): Promise<DeviceIdentity[]> {
  const found: DeviceIdentity[] = [];
  for (let first = 0; first < serialNumbers.length; first += ROWS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT serial_number AS serialNumber, oui, product_class AS productClass FROM ${table} WHERE serial_number IN (?)`,
      [serialNumbers.slice(first, first + ROWS_A_STATEMENT)],
    );
    found.push(...(rows as DeviceIdentity[]));
  }
  return found;
}

/**
 * Devices of a lane first seen in an hour, by the source of their first event. Reads all devices of the lane.
 * @param hour hours since 1970, UTC
 */
export async function countNewDevices(
  connection: Connection,
  { generation, lane }: { generation: number; lane: number },
  hour: number,
): Promise<Map<string, number>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT SUBSTRING_INDEX(source, '/', 2) AS way_in, COUNT(*) AS devices FROM devices FORCE INDEX (by_lane)
 WHERE lane = ? AND first_seen_at >= ? AND first_seen_at < ? AND generation = ?
 GROUP BY way_in`,
    [lane, new Date(hour * 3_600_000), new Date((hour + 1) * 3_600_000), generation],
  );
  return new Map(rows.map((row) => [row['way_in'] as string, Number(row['devices'])]));
}

/** Lanes of a generation. */
export async function countLanes(connection: Connection, generation: number): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT lanes FROM log_generations WHERE generation = ?',
    [generation],
  );
  return Number(row?.['lanes'] ?? 1);
}
