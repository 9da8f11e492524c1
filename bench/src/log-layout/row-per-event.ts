import { connect } from '@cpemon/database';
import { laneOf, type CpeEvent } from '@cpemon/domain';
import { DEFAULT_APPEND_LIMITS } from '@cpemon/event-log';
import type { LaneRun, LogLayout } from './log-layout.js';

const LANES = 16;
const GENERATION = 1;
const PRODUCER = 'bench-rows';

/**
 * The layout that lost: one row an event. The same append otherwise: concurrent callers in one flush of the same
 * size, sequences taken under the heads' locks, one call with no round trip inside, a flush number in it.
 */
export const rowPerEvent: LogLayout = {
  name: 'row-per-event',
  tables: ['bench_event_rows'],
  async prepare(connection) {
    for (const statement of SCHEMA) await connection.query(statement);
  },
  async openAppender(address) {
    const connection = await connect(address, {});
    let flushNo = 0;
    const flush = async (events: readonly EncodedEvent[]): Promise<void> => {
      const { laneCounts, index, bytes } = packRows(events);
      await connection.execute('CALL bench_append_rows(?, ?, ?, ?, ?, ?, ?)', [
        PRODUCER,
        ++flushNo,
        GENERATION,
        laneCounts,
        events.length,
        index,
        bytes,
      ]);
    };
    const appender = createGroupFlush(flush);
    return { append: appender, close: () => connection.end() };
  },
  async readHeads(connection) {
    const [rows] = await connection.query('SELECT lane, head_seq AS head FROM bench_row_lanes');
    return new Map((rows as { lane: number; head: number }[]).map(({ lane, head }) => [lane, head]));
  },
  async read(connection, offsets, maxEvents) {
    const select = `(SELECT lane, seq, event FROM bench_event_rows
       WHERE generation = ? AND lane = ? AND seq > ? AND seq <= ? ORDER BY seq)`;
    const lanes = [...offsets];
    const [rows] = await connection.query(
      lanes.map(() => select).join(' UNION ALL '),
      lanes.flatMap(([lane, offset]) => [GENERATION, lane, offset, offset + maxEvents]),
    );
    const runs: LaneRun[] = [];
    for (const { lane, seq, event } of rows as { lane: number; seq: number; event: Buffer }[]) {
      const run = runs.at(-1);
      const parsed = JSON.parse(event.toString()) as CpeEvent;
      if (run !== undefined && run.lane === lane && run.firstSeq + run.events.length === seq) {
        run.events.push(parsed);
      } else {
        runs.push({ lane, firstSeq: seq, events: [parsed] });
      }
    }
    return runs;
  },
};

interface EncodedEvent {
  lane: number;
  json: Buffer;
}

/** What arrives while one flush commits is the next flush, as in the product's append. */
function createGroupFlush(
  flush: (events: readonly EncodedEvent[]) => Promise<void>,
): (events: readonly CpeEvent[]) => Promise<void> {
  interface Call {
    events: EncodedEvent[];
    resolve: () => void;
    reject: (error: unknown) => void;
  }
  let queue: Call[] = [];
  let flushing = false;
  const flushAll = async (): Promise<void> => {
    while (queue.length > 0) {
      let taken = 0;
      for (let events = 0; taken < queue.length; taken++) {
        events += queue[taken]!.events.length;
        if (taken > 0 && events > DEFAULT_APPEND_LIMITS.flushEvents) break;
      }
      const calls = queue.slice(0, taken);
      queue = queue.slice(taken);
      try {
        await flush(calls.flatMap((call) => call.events));
        for (const call of calls) call.resolve();
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
    }
    flushing = false;
  };
  return (events) =>
    new Promise((resolve, reject) => {
      queue.push({
        events: events.map((event) => ({
          lane: laneOf(event.subject, LANES),
          json: Buffer.from(JSON.stringify(event)),
        })),
        resolve,
        reject,
      });
      if (flushing) return;
      flushing = true;
      setImmediate(() => void flushAll());
    });
}

/** Counts a lane (6 digits each), and an event (24 digits each): its lane, its place in the lane's run, where it lies. */
function packRows(events: readonly EncodedEvent[]): { laneCounts: string; index: string; bytes: Buffer } {
  const counts = new Array<number>(LANES).fill(0);
  const byLane = [...events].sort((a, b) => a.lane - b.lane);
  let start = 1;
  const index = byLane.map(({ lane, json }) => {
    const entry = digits(lane, 3) + digits(++counts[lane]!, 6) + digits(start, 9) + digits(json.length, 6);
    start += json.length;
    return entry;
  });
  return {
    laneCounts: counts.map((count) => digits(count, 6)).join(''),
    index: index.join(''),
    bytes: Buffer.concat(byLane.map(({ json }) => json)),
  };
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

const NUMBERS = 4096;

const SCHEMA = [
  'DROP TABLE IF EXISTS bench_event_rows, bench_row_lanes, bench_row_producers, bench_numbers',
  'DROP PROCEDURE IF EXISTS bench_append_rows',
  `CREATE TABLE bench_event_rows (
     generation INT UNSIGNED NOT NULL,
     lane SMALLINT UNSIGNED NOT NULL,
     seq BIGINT UNSIGNED NOT NULL,
     received_hour INT UNSIGNED NOT NULL,
     received_at DATETIME(3) NOT NULL,
     event MEDIUMBLOB NOT NULL,
     PRIMARY KEY (generation, lane, seq, received_hour)
   ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
   PARTITION BY RANGE (received_hour) (PARTITION p_rest VALUES LESS THAN MAXVALUE)`,
  'CREATE TABLE bench_row_lanes LIKE log_lanes',
  `INSERT INTO bench_row_lanes (generation, lane, head_seq, last_received_at)
     SELECT ${GENERATION}, lane, 0, SYSDATE(3) FROM log_lanes`,
  'CREATE TABLE bench_row_producers LIKE log_producers',
  `INSERT INTO bench_row_producers (producer, flush_no, started_at, flushed_at)
     VALUES ('${PRODUCER}', 0, SYSDATE(3), SYSDATE(3))`,
  'CREATE TABLE bench_numbers (n INT UNSIGNED NOT NULL PRIMARY KEY) ENGINE = InnoDB',
  `INSERT INTO bench_numbers (n)
     WITH RECURSIVE counted AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM counted WHERE n < 999)
     SELECT n FROM counted`,
  ...[999, 1998, 2997, 3996].map(
    (base) =>
      `INSERT INTO bench_numbers (n) SELECT n + ${base} FROM bench_numbers WHERE n <= ${NUMBERS - base} AND n <= 999`,
  ),
  `CREATE PROCEDURE bench_append_rows(
     IN p_producer VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
     IN p_flush_no BIGINT UNSIGNED,
     IN p_generation INT UNSIGNED,
     IN p_lane_counts TEXT CHARACTER SET ascii COLLATE ascii_bin,
     IN p_events INT UNSIGNED,
     IN p_index MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin,
     IN p_bytes LONGBLOB
   )
   SQL SECURITY INVOKER
   BEGIN
     DECLARE EXIT HANDLER FOR SQLEXCEPTION
     BEGIN
       ROLLBACK;
       RESIGNAL;
     END;
     START TRANSACTION;
     UPDATE bench_row_producers SET flush_no = p_flush_no, flushed_at = SYSDATE(3)
      WHERE producer = p_producer AND flush_no = p_flush_no - 1;
     UPDATE bench_row_lanes
        SET last_received_at = GREATEST(last_received_at, SYSDATE(3)),
            head_seq = head_seq + CAST(SUBSTRING(p_lane_counts, lane * 6 + 1, 6) AS UNSIGNED)
      WHERE generation = p_generation AND CAST(SUBSTRING(p_lane_counts, lane * 6 + 1, 6) AS UNSIGNED) > 0
      ORDER BY lane;
     INSERT INTO bench_event_rows (generation, lane, seq, received_hour, received_at, event)
     SELECT STRAIGHT_JOIN head.generation, head.lane,
            head.head_seq - CAST(SUBSTRING(p_lane_counts, head.lane * 6 + 1, 6) AS UNSIGNED)
              + CAST(SUBSTRING(p_index, (n - 1) * 24 + 4, 6) AS UNSIGNED),
            TIMESTAMPDIFF(HOUR, '1970-01-01', head.last_received_at), head.last_received_at,
            SUBSTRING(p_bytes, CAST(SUBSTRING(p_index, (n - 1) * 24 + 10, 9) AS UNSIGNED),
                      CAST(SUBSTRING(p_index, (n - 1) * 24 + 19, 6) AS UNSIGNED))
       FROM bench_numbers
       JOIN bench_row_lanes AS head
         ON head.generation = p_generation
        AND head.lane = CAST(SUBSTRING(p_index, (n - 1) * 24 + 1, 3) AS UNSIGNED)
      WHERE n <= p_events;
     COMMIT;
   END`,
];
