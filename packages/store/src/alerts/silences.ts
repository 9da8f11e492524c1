import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** Conditions on labels: each label has one of the values. */
export type StoredMatchers = Readonly<Record<string, readonly string[]>>;

/** While it lasts nobody is told of what matches. Times are epoch ms. */
export interface Silence {
  matchers: StoredMatchers;
  startsAt: number;
  endsAt: number;
  reason: string;
  madeBy: string;
}
export type StoredSilence = Silence & { silenceId: number; madeAt: number };

export async function addSilence(transaction: Connection, silence: Silence): Promise<number> {
  const { matchers, startsAt, endsAt, reason, madeBy } = silence;
  const [result] = await transaction.query<ResultSetHeader>(
    `INSERT INTO silences (matchers, starts_at, ends_at, reason, made_by, made_at) VALUES (?, ?, ?, ?, ?, SYSDATE(3))`,
    [
      JSON.stringify(matchers),
      new Date(startsAt),
      new Date(endsAt),
      reason.slice(0, 255),
      madeBy.slice(0, 128),
    ],
  );
  return result.insertId;
}

/** Silences that are not over, the one that ends first first. */
export async function readSilences(connection: Connection, most: number): Promise<StoredSilence[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT silence_id, matchers, CAST(UNIX_TIMESTAMP(starts_at) * 1000 AS UNSIGNED) AS starts_ms,
            CAST(UNIX_TIMESTAMP(ends_at) * 1000 AS UNSIGNED) AS ends_ms, reason, made_by,
            CAST(UNIX_TIMESTAMP(made_at) * 1000 AS UNSIGNED) AS made_ms
     FROM silences WHERE ends_at > SYSDATE(3) ORDER BY ends_at, silence_id LIMIT ?`,
    [most],
  );
  return rows.map((row) => ({
    silenceId: row['silence_id'] as number,
    matchers: JSON.parse(row['matchers'] as string) as StoredMatchers,
    startsAt: Number(row['starts_ms']),
    endsAt: Number(row['ends_ms']),
    reason: row['reason'] as string,
    madeBy: row['made_by'] as string,
    madeAt: Number(row['made_ms']),
  }));
}

/** Ends a silence now. @returns false when there is none that lasts */
export async function endSilence(transaction: Connection, silenceId: number): Promise<boolean> {
  const [result] = await transaction.query<ResultSetHeader>(
    'UPDATE silences SET ends_at = SYSDATE(3) WHERE silence_id = ? AND ends_at > SYSDATE(3)',
    [silenceId],
  );
  return result.affectedRows === 1;
}
