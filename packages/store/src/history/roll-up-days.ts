import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { packRollups, rollUpDays, rollUpHours, unpackSeries } from '@cpemon/history';
import { breathe } from './breathe.js';
import { readHistoryMarks } from './history-marks.js';
import { writePayloads, type PayloadRow } from './history-rows.js';
import { DEVICES_A_GROUP, SLICES_A_DAY } from './slices.js';

/** A day of devices with neighbouring keys. */
export interface DueDay {
  day: number;
  group: number;
}

const DEVICES_A_BREATH = 10;
/** Written at once: a session that says nothing for some seconds is ended by the server. */
const DEVICES_A_WRITE = 50;

/** Some of those that are due, of days before this one. */
export async function findDueDays(
  connection: Connection,
  beforeDay: number,
  most: number,
): Promise<DueDay[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT day, device_group FROM history_due WHERE day < ? ORDER BY day, device_group LIMIT ?',
    [beforeDay, most],
  );
  return rows.map((row) => ({ day: Number(row['day']), group: Number(row['device_group']) }));
}

/**
 * Makes the roll-ups of a day of all samples that are at rest, all in this transaction. Of slices that are let go they
 * stay as they were.
 * @returns devices rolled up
 */
export async function rollUpDay(transaction: Connection, { day, group }: DueDay): Promise<number> {
  // What is closed from here on makes the day due again; a rebuild that clears devices waits for the rows below.
  await transaction.query('DELETE FROM history_due WHERE day = ? AND device_group = ?', [day, group]);
  const marks = await readHistoryMarks(transaction);
  if (day * SLICES_A_DAY < marks.samples || day < marks.hours) return 0;
  const slices = slicesOfDay(day);
  const [rows] = await transaction.query<RowDataPacket[]>(
    `SELECT device_id, payload FROM history_samples FORCE INDEX (PRIMARY)
      WHERE slice IN (?) AND device_id BETWEEN ? AND ? ORDER BY slice FOR UPDATE`,
    [slices, group * DEVICES_A_GROUP, (group + 1) * DEVICES_A_GROUP - 1],
  );
  const devices = new Map<number, Buffer[]>();
  for (const row of rows) {
    const deviceId = Number(row['device_id']);
    const own = devices.get(deviceId);
    if (own === undefined) devices.set(deviceId, [row['payload'] as Buffer]);
    else own.push(row['payload'] as Buffer);
  }
  let rolledUp = 0;
  let hours: PayloadRow[] = [];
  let days: PayloadRow[] = [];
  const write = async (): Promise<void> => {
    await writePayloads(transaction, 'history_hours', hours);
    await writePayloads(transaction, 'history_days', days);
    rolledUp += hours.length;
    hours = [];
    days = [];
  };
  for (const deviceId of [...devices.keys()].sort((a, b) => a - b)) {
    if (hours.length % DEVICES_A_BREATH === 0) await breathe();
    const spans = rollUpHours(devices.get(deviceId)!.flatMap((payload) => unpackSeries(payload)));
    hours.push([day, deviceId, packRollups(spans)]);
    days.push([day, deviceId, packRollups(rollUpDays(spans))]);
    if (hours.length >= DEVICES_A_WRITE) await write();
  }
  await write();
  return rolledUp;
}

export const slicesOfDay = (day: number): number[] =>
  Array.from({ length: SLICES_A_DAY }, (_, n) => day * SLICES_A_DAY + n);
