import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

export const HISTORY_TIERS = ['samples', 'hours', 'days'] as const;
export type HistoryTier = (typeof HISTORY_TIERS)[number];

/** Before them nothing of a tier is kept: slices since 1970 of the samples, else days. */
export type HistoryMarks = Record<HistoryTier, number>;

export async function readHistoryMarks(connection: Connection): Promise<HistoryMarks> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT tier, low_water FROM history_marks');
  const marks: HistoryMarks = { samples: 0, hours: 0, days: 0 };
  for (const row of rows) marks[row['tier'] as HistoryTier] = Number(row['low_water']);
  return marks;
}
