import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { LogEntry } from './device-model.js';
import { seenForGood } from './seen-for-good.js';

/** Where reading of a lane stands. */
interface LanePosition {
  generation: number;
  lane: number;
  sequence: number;
}

export interface LogTailOptions {
  onEntry: (entry: LogEntry) => void;
  /** A record that is not what a record can be. */
  onBroken: (what: string) => void;
}

/** Reads the log as it grows, beside the code under test and before retention takes anything. */
export interface LogTail {
  /** Reads on to the end, or to a hole: a torn read view can hide a record for a moment. */
  read(connection: SingleConnection): Promise<void>;
  /** Reads the rest when nothing is written any more: what is not there now is a hole for good. */
  finish(connection: SingleConnection): Promise<void>;
  /** First and last sequence of each hole that was passed. */
  holes: readonly (LanePosition & { until: number })[];
  /** Lanes in the order of their positions. */
  positions(): LanePosition[];
}

const RECORDS_A_READ = 2000;

interface LoggedJson {
  id: string;
  source: string;
  type: string;
  subject: string;
  time?: string;
  data: {
    interval_seconds?: number;
    metrics?: Record<string, number>;
    extra?: Record<string, unknown>;
    test?: object;
  };
}

export function createLogTail({ onEntry, onBroken }: LogTailOptions): LogTail {
  const lanes = new Map<string, LanePosition>();

  const holes: (LanePosition & { until: number })[] = [];

  /** True when there may be more. */
  const readLane = async (
    connection: SingleConnection,
    position: LanePosition,
    atRest: boolean,
  ): Promise<boolean> => {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT last_seq, event_count, CAST(UNIX_TIMESTAMP(received_at) * 1000 AS UNSIGNED) AS received_ms, events
         FROM log_records FORCE INDEX (PRIMARY)
        WHERE generation = ? AND lane = ? AND last_seq > ? ORDER BY last_seq LIMIT ?`,
      [position.generation, position.lane, position.sequence, RECORDS_A_READ],
    );
    if (rows.length > 0) await seenForGood(connection);
    for (const row of rows) {
      const events = JSON.parse((row['events'] as Buffer).toString()) as LoggedJson[];
      const [last, count] = [Number(row['last_seq']), Number(row['event_count'])];
      const where = `${position.generation}-${position.lane}-${last}`;
      if (events.length !== count) onBroken(`record ${where} holds ${events.length} events, says ${count}`);
      if (last - count > position.sequence) {
        if (!atRest) return false;
        holes.push({ ...position, sequence: position.sequence + 1, until: last - count });
      }
      if (last - count < position.sequence) onBroken(`record ${where} overlaps the one before it`);
      for (const [at, event] of events.entries()) {
        const sequence = last - count + 1 + at;
        onEntry(entryOf(event, position, sequence, Number(row['received_ms'])));
      }
      position.sequence = last;
    }
    return rows.length === RECORDS_A_READ;
  };

  const readAll = async (connection: SingleConnection, atRest: boolean): Promise<void> => {
    const [found] = await connection.query<RowDataPacket[]>(
      'SELECT generation, lane, base_seq FROM log_lanes ORDER BY generation, lane',
    );
    for (const row of found) {
      const [generation, lane] = [Number(row['generation']), Number(row['lane'])];
      const key = `${generation}-${lane}`;
      const position = lanes.get(key) ?? { generation, lane, sequence: Number(row['base_seq']) };
      lanes.set(key, position);
      while (await readLane(connection, position, atRest));
    }
  };

  return {
    holes,
    read: (connection) => readAll(connection, false),
    finish: (connection) => readAll(connection, true),
    positions: () => [...lanes.values()],
  };
}

function entryOf(
  event: LoggedJson,
  { generation, lane }: LanePosition,
  sequence: number,
  receivedAt: number,
): LogEntry {
  const { data } = event;
  return {
    ...{ generation, lane, sequence, receivedAt },
    device: Number(data.extra?.['chaos_device'] ?? NaN),
    n: Number(data.extra?.['chaos_n'] ?? NaN),
    ...{ source: event.source, id: event.id, type: event.type },
    time: event.time === undefined ? null : Date.parse(event.time),
    counter: data.metrics?.['uptime_seconds'] ?? NaN,
    intervalSeconds: data.interval_seconds ?? NaN,
    fails: data.test !== undefined,
  };
}
