import type { SingleConnection } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import type { LoggedEvent } from '../../event-log.js';

/** Where reading of a lane goes on. */
export interface ReadPosition {
  lane: number;
  /** The last sequence applied. */
  offset: number;
  /** The hour (since 1970, UTC) of the record that held it; no later record lies in an earlier partition. */
  hour: number;
}

/** How much is read of each lane. */
export interface ReadExtent {
  maxEvents: number;
  within?: number;
  exactly?: boolean;
  /** Hour (since 1970, UTC) after which no record is looked for; absent: in every partition, which costs each time. */
  untilHour?: number;
}

/** What was read of a lane: the contiguous run after the position, and where it ends. */
export interface LaneRead {
  lane: number;
  records: LogRecord[];
  eventCount: number;
  endOffset: number;
  endHour: number;
  endReceivedAt: number;
  bytes: number;
}

/** A record of the log as it was read: a JSON array of events. */
export interface LogRecord {
  firstSequence: number;
  receivedAt: number;
  json: Buffer;
  /** Events at its beginning that are applied already, and where to stop: events after that are left for later. */
  skip: number;
  end: number;
}

interface RecordRow extends RowDataPacket {
  lane: number;
  last_seq: number;
  received_hour: number;
  event_count: number;
  received_at_ms: number;
  events: Buffer;
}

/** The last sequence given in each lane. */
export async function readHeads(
  connection: SingleConnection,
  generation: number,
): Promise<Map<number, number>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT lane, head_seq FROM log_lanes WHERE generation = ?',
    [generation],
  );
  return new Map(rows.map((row) => [row['lane'] as number, Number(row['head_seq'])]));
}

/**
 * The database's time (epoch ms), and the heads read under a lock after it: whatever was received up to that time
 * is at or below these heads, since a flush in progress holds its heads until it commits. Of a sealed generation the
 * time is no later than the seal: what was received after it is in the next. `now` is the database's time all the same.
 */
export async function readHeadsWithTime(
  connection: SingleConnection,
  generation: number,
): Promise<{ now: number; at: number; heads: Map<number, number> }> {
  const [times] = await connection.query<RowDataPacket[]>(
    'SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at',
  );
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT lane, head_seq, sealed FROM log_lanes WHERE generation = ? LOCK IN SHARE MODE',
    [generation],
  );
  const now = Number(times[0]?.['at']);
  const isSealed = rows.some((row) => Number(row['sealed']) === 1);
  return {
    now,
    at: isSealed ? Math.min(now, await readSealedAt(connection, generation)) : now,
    heads: new Map(rows.map((row) => [row['lane'] as number, Number(row['head_seq'])])),
  };
}

async function readSealedAt(connection: SingleConnection, generation: number): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT CAST(UNIX_TIMESTAMP(sealed_at) * 1000 AS UNSIGNED) AS at FROM log_generations WHERE generation = ?',
    [generation],
  );
  return Number(rows[0]?.['at']);
}

/**
 * Reads what follows each position, up to about `maxEvents` a lane; with `exactly` no more than that, if need be part of
 * a record. Stops before a gap: a torn read view can hide a record for a moment, and the caller decides when that has
 * lasted too long.
 * @param within records that end further than this after the position are not looked at; at least `maxEvents`
 */
export async function readLanes(
  connection: SingleConnection,
  generation: number,
  positions: readonly ReadPosition[],
  { maxEvents, within = maxEvents, exactly = false, untilHour }: ReadExtent,
): Promise<LaneRead[]> {
  const until = untilHour === undefined ? [] : [untilHour];
  // Without the hint the statistics of a log that was empty a moment ago can make the server read all of it.
  const select = `(SELECT lane, last_seq, received_hour, event_count,
      CAST(UNIX_TIMESTAMP(received_at) * 1000 AS UNSIGNED) AS received_at_ms, events
    FROM log_records FORCE INDEX (PRIMARY)
    WHERE generation = ? AND lane = ? AND last_seq > ? AND last_seq <= ? AND received_hour >= ?
      ${untilHour === undefined ? '' : 'AND received_hour <= ?'})`;
  const [rows] = await connection.query<RecordRow[]>(
    positions.map(() => select).join(' UNION ALL '),
    positions.flatMap(({ lane, offset, hour }) => [
      generation,
      lane,
      offset,
      offset + within,
      hour,
      ...until,
    ]),
  );
  const rowsByLane = new Map<number, RecordRow[]>();
  for (const row of rows) {
    const lane = rowsByLane.get(row.lane);
    if (lane === undefined) rowsByLane.set(row.lane, [row]);
    else lane.push(row);
  }
  return positions.map((position) => {
    const records = rowsByLane.get(position.lane) ?? [];
    return contiguousRun(
      position,
      records.sort((a, b) => a.last_seq - b.last_seq),
      exactly ? maxEvents : Infinity,
    );
  });
}

function contiguousRun(position: ReadPosition, rows: readonly RecordRow[], mostEvents: number): LaneRead {
  const read: LaneRead = {
    lane: position.lane,
    records: [],
    eventCount: 0,
    endOffset: position.offset,
    endHour: position.hour,
    endReceivedAt: 0,
    bytes: 0,
  };
  for (const row of rows) {
    const firstSequence = row.last_seq - row.event_count + 1;
    if (firstSequence > read.endOffset + 1) break;
    const endOffset = Math.min(row.last_seq, position.offset + mostEvents);
    const skip = read.endOffset + 1 - firstSequence;
    const end = endOffset - firstSequence + 1;
    read.records.push({ firstSequence, receivedAt: row.received_at_ms, json: row.events, skip, end });
    read.eventCount += endOffset - read.endOffset;
    read.endOffset = endOffset;
    read.endHour = row.received_hour;
    read.endReceivedAt = row.received_at_ms;
    // A record counts whole, with the last of its events.
    if (endOffset < row.last_seq) break;
    read.bytes += row.events.length;
  }
  return read;
}

/** The events of some records in order; each record is parsed when its first event is asked for. */
export function* eventsOf(records: Iterable<LogRecord>): Generator<LoggedEvent, void> {
  for (const { firstSequence, receivedAt, json, skip, end } of records) {
    const events = JSON.parse(json.toString()) as CpeEvent[];
    for (let at = skip; at < end; at += 1) {
      yield { sequence: firstSequence + at, receivedAt, event: events[at] as CpeEvent };
    }
  }
}
