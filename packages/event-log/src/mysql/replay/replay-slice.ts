import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { LoggedEvent } from '../../event-log.js';
import { readSequencesElsewhere, readSkipAfter } from './elsewhere.js';
import { eventsOf, readLanes, type LaneRead } from '../consume/lane-reader.js';
import { hourOf } from './position-at.js';

/** Where a replay stands in a lane. */
export interface ReplayPosition {
  replayId: number;
  group: string;
  generation: number;
  lane: number;
  doneSequence: number;
  doneHour: number;
  endSequence: number;
}

/** What comes next in a replay. */
export type ReplaySlice =
  | {
      kind: 'events';
      events: LoggedEvent[];
      endSequence: number;
      endHour: number;
      /** Positions on the way that are parked, dead letters or skipped. */
      leftOut: number;
      /** The database's time, epoch ms. */
      at: number;
    }
  /** It cannot go on. refused: retention was there first. stopped: the log has a hole. */
  | { kind: 'end'; state: 'refused' | 'stopped'; detail: string };

/** Reads the next positions of a replay, `most` at most. */
export async function readReplaySlice(
  connection: SingleConnection,
  position: ReplayPosition,
  most: number,
): Promise<ReplaySlice> {
  const { group, generation, lane, doneSequence, doneHour, endSequence } = position;
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT low_water_hour, CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at_ms
     FROM log_retention WHERE id = 1`,
  );
  const lowWaterHour = Number(row?.['low_water_hour'] ?? 0);
  const at = Number(row?.['at_ms'] ?? 0);

  const maxEvents = Math.min(most, endSequence - doneSequence);
  const read = await readRun(connection, position, maxEvents);
  const [first] = read.records;
  if (first !== undefined && hourOf(first.receivedAt) < lowWaterHour) return outlived(doneSequence);
  if (first === undefined) {
    const skippedTo = await readSkipAfter(connection, { group, generation, lane, after: doneSequence });
    if (skippedTo !== null) {
      const to = Math.min(skippedTo, endSequence);
      return {
        kind: 'events',
        events: [],
        endSequence: to,
        endHour: doneHour,
        leftOut: to - doneSequence,
        at,
      };
    }
    return lowWaterHour > doneHour
      ? outlived(doneSequence)
      : { kind: 'end', state: 'stopped', detail: `the log has a hole after sequence ${doneSequence}` };
  }

  const stretch = { group, generation, lane, after: doneSequence, upTo: read.endOffset };
  const elsewhere = await readSequencesElsewhere(connection, stretch);
  const events = [...eventsOf(read.records)].filter(({ sequence }) => !elsewhere.has(sequence));
  const leftOut = read.eventCount - events.length;
  return { kind: 'events', events, endSequence: read.endOffset, endHour: read.endHour, leftOut, at };
}

const outlived = (doneSequence: number): ReplaySlice => ({
  ...{ kind: 'end', state: 'refused' },
  detail: `retention has moved past the replay, which had come to sequence ${doneSequence}`,
});

/** The contiguous run after the position; empty at a hole. */
async function readRun(
  connection: SingleConnection,
  { generation, lane, doneSequence, doneHour }: ReplayPosition,
  maxEvents: number,
): Promise<LaneRead> {
  const from = [{ lane, offset: doneSequence, hour: doneHour }];
  const [read] = await readLanes(connection, generation, from, { maxEvents, exactly: true });
  if (read !== undefined && read.eventCount > 0) return read;
  // Nothing ends within so many events: a long record, or a hole.
  const [[next]] = await connection.query<RowDataPacket[]>(
    `SELECT last_seq FROM log_records FORCE INDEX (PRIMARY)
     WHERE generation = ? AND lane = ? AND last_seq > ? ORDER BY last_seq LIMIT 1`,
    [generation, lane, doneSequence],
  );
  if (next === undefined) return read!;
  const within = Number(next['last_seq']) - doneSequence;
  const [long] = await readLanes(connection, generation, from, { maxEvents, within, exactly: true });
  return long!;
}
