import type { SingleConnection } from '@cpemon/database';

/** The log's own counters, read by plain SQL and not through the code that is measured. */
export interface LogBooks {
  /** Sum of the lanes' heads: events ever accepted. */
  accepted: number;
  /** Sum of the offsets: events applied. */
  applied: number;
  duplicates: number;
  late: number;
}

export async function readLogBooks(connection: SingleConnection): Promise<LogBooks> {
  const [rows] = await connection.query(
    `SELECT (SELECT COALESCE(SUM(head_seq), 0) FROM log_lanes) AS accepted,
            COALESCE(SUM(applied_seq), 0) AS applied,
            COALESCE(SUM(duplicates), 0) AS duplicates, COALESCE(SUM(late), 0) AS late
       FROM log_offsets`,
  );
  const [row] = rows as Record<keyof LogBooks, number | string>[];
  return {
    accepted: Number(row!.accepted),
    applied: Number(row!.applied),
    duplicates: Number(row!.duplicates),
    late: Number(row!.late),
  };
}

/** Events that the log's records hold; equal to `accepted` while nothing was dropped by retention. */
export async function countRecordedEvents(connection: SingleConnection): Promise<number> {
  const [rows] = await connection.query('SELECT COALESCE(SUM(event_count), 0) AS events FROM log_records');
  return Number((rows as { events: number | string }[])[0]!.events);
}

/** What the books say against so many events sent once each; empty when all is right. */
export function booksDiffer(books: LogBooks, events: number): string[] {
  const wrong: string[] = [];
  if (books.accepted !== events)
    wrong.push(`the log holds ${books.accepted} events, ${events} were accepted`);
  if (books.applied !== events) wrong.push(`${books.applied} events were applied, ${events} were accepted`);
  if (books.duplicates !== 0)
    wrong.push(`${books.duplicates} events count as duplicates, none was sent twice`);
  if (books.late !== 0) wrong.push(`${books.late} events count as late, none was`);
  return wrong;
}

/** How the applied total grew, as seen by a poll every few milliseconds. */
export interface DrainTimes {
  /** Events already applied when the first progress was seen, and when that was (performance.now() ms). */
  first: { events: number; at: number };
  /** When all were seen applied. */
  lastAt: number;
}

const POLL_MS = 5;
/** A drain that stands still for so long is stuck. */
const STUCK_AFTER_MS = 30_000;

/**
 * Watches until `events` more than `before` are applied.
 * @throws Error when nothing moves for 30 s
 */
export async function watchDrain(
  connection: SingleConnection,
  before: number,
  events: number,
): Promise<DrainTimes> {
  let first: DrainTimes['first'] | null = null;
  let seen = before;
  let movedAt = performance.now();
  for (;;) {
    const { applied } = await readLogBooks(connection);
    const now = performance.now();
    if (applied > seen) {
      first ??= { events: applied - before, at: now };
      seen = applied;
      movedAt = now;
    }
    if (applied >= before + events) return { first: first ?? { events: 0, at: now }, lastAt: now };
    if (now > movedAt + STUCK_AFTER_MS) {
      throw new Error(`the writer stands still: ${applied - before} of ${events} events are applied`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
