import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/** A device with its serial number. */
export interface NamedDevice {
  deviceId: number;
  serialNumber: string;
}

/** Serial numbers of devices; those that are gone are left out. */
export function readSerialNumbers(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<NamedDevice[]> {
  const sql = 'SELECT device_id, serial_number FROM devices WHERE device_id IN (?)';
  return readEach(connection, sql, deviceIds, ([deviceId, serialNumber]) => ({
    deviceId: deviceId as number,
    serialNumber: serialNumber as string,
  }));
}

/** When devices were last seen, epoch ms; those that are gone are left out. */
export function readLastSeen(
  connection: Connection,
  deviceIds: readonly number[],
): Promise<{ deviceId: number; lastSeenAt: number }[]> {
  const sql = 'SELECT device_id, last_seen_at FROM device_state WHERE device_id IN (?)';
  return readEach(connection, sql, deviceIds, ([deviceId, lastSeenAt]) => ({
    deviceId: deviceId as number,
    lastSeenAt: (lastSeenAt as Date).getTime(),
  }));
}

async function readEach<T>(
  connection: Connection,
  sql: string,
  deviceIds: readonly number[],
  toEntry: (row: unknown[]) => T,
): Promise<T[]> {
  const found: T[] = [];
  for (let first = 0; first < deviceIds.length; first += KEYS_A_STATEMENT) {
    const values = [deviceIds.slice(first, first + KEYS_A_STATEMENT)];
    const [rows] = await connection.query<RowDataPacket[][]>({ sql, values, rowsAsArray: true });
    for (const row of rows as unknown[][]) found.push(toEntry(row));
  }
  return found;
}

/**
 * Devices in the order of serial number and key, or the other way round.
 * @param after the last one before; null: from the beginning
 * @returns fewer than `limit` only at the end
 */
export async function walkSerialNumbers(
  connection: Connection,
  { after, limit, backwards }: { after: NamedDevice | null; limit: number; backwards: boolean },
): Promise<NamedDevice[]> {
  const [beyond, order] = backwards ? ['<', 'DESC'] : ['>', 'ASC'];
  const namesakes = async (of: NamedDevice, most: number): Promise<NamedDevice[]> => {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT device_id AS deviceId, serial_number AS serialNumber FROM devices
        WHERE serial_number = ? AND device_id ${beyond} ? ORDER BY device_id ${order} LIMIT ?`,
      [of.serialNumber, of.deviceId, most],
    );
    return rows as NamedDevice[];
  };
  const found = after === null ? [] : await namesakes(after, limit);
  if (found.length === limit) return found;
  const wanted = limit - found.length;
  const [condition, values] =
    after === null ? ['', []] : [`WHERE serial_number ${beyond} ?`, [after.serialNumber]];
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT device_id AS deviceId, serial_number AS serialNumber FROM devices FORCE INDEX (identity) ${condition}
      ORDER BY serial_number ${order} LIMIT ?`,
    [...values, wanted],
  );
  // Several have the serial number where this ends: they come in the order of their keys, from the first of them on.
  const last = rows.at(-1)?.['serialNumber'] as string | undefined;
  const whole = (rows as NamedDevice[]).filter(
    ({ serialNumber }) => serialNumber !== last || rows.length < wanted,
  );
  const direction = backwards ? -1 : 1;
  whole.sort(
    (one, other) =>
      (one.serialNumber === other.serialNumber
        ? one.deviceId - other.deviceId
        : one.serialNumber < other.serialNumber
          ? -1
          : 1) * direction,
  );
  found.push(...whole);
  if (last === undefined || rows.length < wanted) return found;
  const before = { serialNumber: last, deviceId: backwards ? LARGEST_KEY + 1 : 0 };
  return [...found, ...(await namesakes(before, limit - found.length))];
}

const LARGEST_KEY = 4_294_967_295;
