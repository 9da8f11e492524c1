import { createMySqlAppender } from '@cpemon/event-log';
import type { CpeEvent } from '@cpemon/domain';
import type { LaneRun, LogLayout } from './log-layout.js';

/** The product's layout: one row a flush and lane, written by the product's own append. */
export const packedRecords: LogLayout = {
  name: 'packed',
  tables: ['log_records'],
  async prepare(connection) {
    await connection.query('TRUNCATE TABLE log_records');
  },
  async openAppender(address) {
    const appender = await createMySqlAppender({ address, producer: 'bench-packed' });
    return {
      append: (events) => appender.append(events, 'telemetry'),
      close: () => appender.close(),
    };
  },
  async readHeads(connection) {
    const [rows] = await connection.query('SELECT lane, head_seq AS head FROM log_lanes');
    return new Map((rows as { lane: number; head: number }[]).map(({ lane, head }) => [lane, head]));
  },
  async read(connection, offsets, maxEvents) {
    const select = `(SELECT lane, last_seq AS lastSeq, events FROM log_records
       WHERE generation = (SELECT MAX(generation) FROM log_generations)
         AND lane = ? AND last_seq > ? AND last_seq <= ?
       ORDER BY last_seq)`;
    const lanes = [...offsets];
    const [rows] = await connection.query(
      lanes.map(() => select).join(' UNION ALL '),
      lanes.flatMap(([lane, offset]) => [lane, offset, offset + maxEvents]),
    );
    return (rows as { lane: number; lastSeq: number; events: Buffer }[]).map((row): LaneRun => {
      const events = JSON.parse(row.events.toString()) as CpeEvent[];
      return { lane: row.lane, firstSeq: row.lastSeq - events.length + 1, events };
    });
  },
};
