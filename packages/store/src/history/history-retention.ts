import type { RowDataPacket } from 'mysql2/promise';
import type { Connection, SingleConnection } from '@cpemon/database';
import { DAY_MS } from '@cpemon/history';
import { hasRoomForDdl } from '../ddl-room.js';
import { retentionAim } from '../retention-aim.js';
import type { JobHands } from '../run-job.js';
import { HISTORY_TIERS, readHistoryMarks, type HistoryTier } from './history-marks.js';
import { SLICES_A_DAY } from './slices.js';

/** How long the tiers are kept, days; and no more bytes of samples than this, where that is given. */
export interface HistoryRetention {
  samplesDays: number;
  samplesBytes?: number;
  hoursDays: number;
  daysDays: number;
}

export interface HistoryRetentionReport {
  /** Names of partitions by tier, as in "samples.p_81234". */
  made: string[];
  dropped: string[];
  /** Due, but the table was in use: the next run tries again. */
  left: string[];
}

interface TierTable {
  table: string;
  column: 'slice' | 'day';
  /** Of the unit in which the table is divided: slices or days. */
  unitsADay: number;
  /** One partition: a day of samples, so that a budget of bytes is kept closely; more of what is small. */
  daysAPartition: number;
  days: (retention: HistoryRetention) => number;
}

const TIERS: Record<HistoryTier, TierTable> = {
  samples: {
    ...{ table: 'history_samples', column: 'slice', unitsADay: SLICES_A_DAY, daysAPartition: 1 },
    days: ({ samplesDays }) => samplesDays,
  },
  hours: {
    ...{ table: 'history_hours', column: 'day', unitsADay: 1, daysAPartition: 7 },
    days: ({ hoursDays }) => hoursDays,
  },
  days: {
    ...{ table: 'history_days', column: 'day', unitsADay: 1, daysAPartition: 31 },
    days: ({ daysDays }) => daysDays,
  },
};

/** So that nothing goes into the catch-all even when nobody makes partitions for two days. */
const DAYS_AHEAD = 3;
const CATCH_ALL = 'p_rest';
/** How long DDL may wait for the table, seconds: readers that come behind it wait as well. */
const DDL_WAIT_SECONDS = 2;
const LOCK_WAIT = 1205;
const NO_SUCH_PARTITION = [1507, 1735];

/** Makes the partitions of the days to come, and lets go of what is older than it is kept: the mark first, then the rows. */
export async function applyHistoryRetention(
  { connection, transact }: Pick<JobHands, 'connection' | 'transact'>,
  retention: HistoryRetention,
): Promise<HistoryRetentionReport> {
  const report: HistoryRetentionReport = { made: [], dropped: [], left: [] };
  await connection.query('SET SESSION lock_wait_timeout = ?', [DDL_WAIT_SECONDS]);
  // MySQL shows sizes of a day ago unless told otherwise; MariaDB does not know the variable.
  await connection.query('SET SESSION information_schema_stats_expiry = 0').catch(() => undefined);
  const today = Math.floor((await databaseTime(connection)) / DAY_MS);
  const marks = await readHistoryMarks(connection);
  for (const tier of HISTORY_TIERS) {
    const { table, unitsADay, days } = TIERS[tier];
    const kept = days(retention);
    const made = await makePartitions(connection, TIERS[tier], today, kept);
    report.made.push(...made.map((name) => `${tier}.${name}`));
    const partitions = await listPartitions(connection, table);
    const bytes = tier === 'samples' ? retention.samplesBytes : undefined;
    // In units of the table; never what may still be written to: today and yesterday.
    const aim = Math.min(
      retentionAim(partitions, today * unitsADay, {
        hours: kept * unitsADay,
        ...(bytes === undefined ? {} : { bytes }),
      }),
      (today - 1) * unitsADay,
    );
    if (aim > marks[tier]) await transact((transaction) => moveMark(transaction, tier, aim));
    const mark = Math.max(aim, marks[tier]);
    const due = partitions.filter(({ endHour }) => endHour <= mark);
    const mayDrop = due.length > 0 && (await hasRoomForDdl(connection));
    for (const { name } of due) {
      const gone = mayDrop && (await dropPartition(connection, table, name));
      (gone ? report.dropped : report.left).push(`${tier}.${name}`);
    }
  }
  return report;
}

async function databaseTime(connection: Connection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS now');
  return Number(row?.['now']);
}

async function moveMark(transaction: Connection, tier: HistoryTier, mark: number): Promise<void> {
  await transaction.query(
    'UPDATE history_marks SET low_water = GREATEST(low_water, ?), moved_at = SYSDATE(3) WHERE tier = ?',
    [mark, tier],
  );
}

/** @returns names of those made; none when all are there, or when the disk is full */
async function makePartitions(
  connection: SingleConnection,
  { table, unitsADay, daysAPartition }: TierTable,
  today: number,
  keptDays: number,
): Promise<string[]> {
  const known = await listPartitions(connection, table);
  const step = daysAPartition * unitsADay;
  const floor = (day: number): number => Math.floor(day / daysAPartition) * step;
  const from = known.at(-1)?.endHour ?? floor(today - keptDays);
  const names: string[] = [];
  const parts: string[] = [];
  for (let end = from + step; end <= floor(today + DAYS_AHEAD) + step; end += step) {
    names.push(`p_${end}`);
    parts.push(`PARTITION p_${end} VALUES LESS THAN (${end})`);
  }
  if (names.length === 0 || !(await hasRoomForDdl(connection))) return [];
  await connection.query(
    `ALTER TABLE ${table} REORGANIZE PARTITION ${CATCH_ALL} INTO (
       ${parts.join(', ')}, PARTITION ${CATCH_ALL} VALUES LESS THAN MAXVALUE)`,
  );
  return names;
}

/** In order, without the catch-all. `endHour` is the unit before which a partition ends. */
async function listPartitions(
  connection: Connection,
  table: string,
): Promise<{ name: string; endHour: number; bytes: number }[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT partition_name AS name, CAST(partition_description AS UNSIGNED) AS ends, data_length + index_length AS bytes
  FROM information_schema.partitions
 WHERE table_schema = DATABASE() AND table_name = ? AND partition_name <> ?
 ORDER BY partition_ordinal_position`,
    [table, CATCH_ALL],
  );
  return rows.map((row) => ({
    name: row['name'] as string,
    endHour: Number(row['ends']),
    bytes: Number(row['bytes']),
  }));
}

/** @returns false when the table is in use */
async function dropPartition(connection: Connection, table: string, name: string): Promise<boolean> {
  try {
    await connection.query(`ALTER TABLE ${table} DROP PARTITION ??`, [name]);
    return true;
  } catch (error) {
    const { errno } = error as { errno?: number };
    if (errno === LOCK_WAIT) return false;
    if (errno === undefined || !NO_SUCH_PARTITION.includes(errno)) throw error;
    return true;
  }
}
