import type { SingleConnection } from '@cpemon/database';

/** Makes hourly partitions of an empty log from `firstHour` to an hour ahead, as if it had been kept since then. */
export async function makePastPartitions(connection: SingleConnection, firstHour: number): Promise<void> {
  const hours: number[] = [];
  for (let hour = firstHour; hour <= (await currentHour(connection)) + 1; hour++) hours.push(hour);
  await connection.query(
    `ALTER TABLE log_records REORGANIZE PARTITION p_rest INTO (
       ${hours.map((hour) => `PARTITION p_${hour} VALUES LESS THAN (${hour + 1})`).join(', ')},
       PARTITION p_rest VALUES LESS THAN MAXVALUE)`,
  );
}

/** By the database's clock, hours since 1970 (UTC). */
export async function currentHour(connection: SingleConnection): Promise<number> {
  const [rows] = await connection.query('SELECT UNIX_TIMESTAMP() DIV 3600 AS hour');
  return Number((rows as { hour: number }[])[0]!.hour);
}

/**
 * Makes everything in the log old: its records lie in the hours from `firstHour` on, as many in each, in the order of
 * their positions. Only while nothing is appended.
 */
export async function spreadOverHours(
  connection: SingleConnection,
  firstHour: number,
  hours: number,
): Promise<void> {
  const [lanes] = await connection.query('SELECT generation, lane, head_seq AS head FROM log_lanes');
  for (const { generation, lane, head } of lanes as { generation: number; lane: number; head: number }[]) {
    await connection.query(
      `UPDATE log_records
          SET received_at = received_at - INTERVAL (received_hour - (? + (last_seq - 1) * ? DIV ?)) HOUR,
              received_hour = ? + (last_seq - 1) * ? DIV ?
        WHERE generation = ? AND lane = ?`,
      [firstHour, hours, head, firstHour, hours, head, generation, lane],
    );
  }
}

export interface HourContents {
  records: number;
  events: number;
}

/** What the log holds of the hours from `firstHour` to before `endHour`. */
export async function countHours(
  connection: SingleConnection,
  firstHour: number,
  endHour: number,
): Promise<HourContents> {
  const [rows] = await connection.query(
    `SELECT COUNT(*) AS records, COALESCE(SUM(event_count), 0) AS events
       FROM log_records WHERE received_hour >= ? AND received_hour < ?`,
    [firstHour, endHour],
  );
  const [row] = rows as Record<keyof HourContents, number | string>[];
  return { records: Number(row!.records), events: Number(row!.events) };
}
