import type { SingleConnection } from '@cpemon/database';

/** The log's own counters, read by plain SQL and not through the code that is measured. */
export interface LogBooks {
  /** Sum of the lanes' heads: events ever accepted. */
  accepted: number;
  /** Sum of the offsets: events passed, applied or set aside. */
  applied: number;
  duplicates: number;
  late: number;
  /** Events parked, given up, discarded or skipped. */
  setAside: number;
}

export async function readLogBooks(connection: SingleConnection): Promise<LogBooks> {
  const [rows] = await connection.query(
    `SELECT (SELECT COALESCE(SUM(head_seq - base_seq), 0) FROM log_lanes) AS accepted,
            COALESCE(SUM(applied_seq), 0) - (
              SELECT COALESCE(SUM(l.base_seq), 0) FROM log_lanes AS l
              JOIN log_offsets AS o ON o.generation = l.generation AND o.lane = l.lane) AS applied,
            COALESCE(SUM(duplicates), 0) AS duplicates, COALESCE(SUM(late), 0) AS late,
            COALESCE(SUM(parked_events + dead_letters + discarded + skipped), 0) AS setAside
       FROM log_offsets`,
  );
  const [row] = rows as Record<keyof LogBooks, number | string>[];
  return {
    accepted: Number(row!.accepted),
    applied: Number(row!.applied),
    duplicates: Number(row!.duplicates),
    late: Number(row!.late),
    setAside: Number(row!.setAside),
  };
}

/** Events that the log's records hold; equal to `accepted` while nothing was dropped by retention. */
export async function countRecordedEvents(connection: SingleConnection): Promise<number> {
  const [rows] = await connection.query('SELECT COALESCE(SUM(event_count), 0) AS events FROM log_records');
  return Number((rows as { events: number | string }[])[0]!.events);
}

/** Age of the oldest event that is not applied, ms, by the database's clock; 0 when there is none. */
export async function readLagMs(connection: SingleConnection): Promise<number> {
  const [rows] = await connection.query(
    `SELECT COALESCE(MAX(UNIX_TIMESTAMP(SYSDATE(3)) - UNIX_TIMESTAMP((
              SELECT records.received_at
                FROM log_records AS records FORCE INDEX (PRIMARY)
               WHERE records.generation = lanes.generation AND records.lane = lanes.lane
                 AND records.last_seq > offsets.applied_seq
               ORDER BY records.last_seq LIMIT 1))), 0) * 1000 AS lagMs
       FROM log_lanes AS lanes
       JOIN log_offsets AS offsets ON offsets.generation = lanes.generation AND offsets.lane = lanes.lane
      WHERE lanes.head_seq > offsets.applied_seq`,
  );
  return Math.max(0, Number((rows as { lagMs: number | string }[])[0]!.lagMs));
}

/**
 * What the books say against so many events sent once each; empty when all is right.
 * @param doubtful further events of which nobody knows whether they are in the log
 */
export function booksDiffer(books: LogBooks, events: number, doubtful = 0): string[] {
  const wrong: string[] = [];
  const expected = doubtful === 0 ? `${events}` : `${events} to ${events + doubtful}`;
  if (books.accepted < events || books.accepted > events + doubtful)
    wrong.push(`the log holds ${books.accepted} events, ${expected} were accepted`);
  if (books.applied !== books.accepted)
    wrong.push(`${books.applied} events were applied, ${books.accepted} are in the log`);
  if (books.duplicates !== 0)
    wrong.push(`${books.duplicates} events count as duplicates, none was sent twice`);
  if (books.late !== 0) wrong.push(`${books.late} events count as late, none was`);
  if (books.setAside !== 0) wrong.push(`${books.setAside} events were parked or given up, none should be`);
  return wrong;
}
