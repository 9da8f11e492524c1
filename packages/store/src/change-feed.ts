import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** The lane of changes that are none of one device: alerts. Its owner is the evaluator of alerts. */
export const ALERT_FEED_LANE = 65_535;

/** Kinds of device events that are fed to others; the rest (addresses, connection requests …) is on the timeline only. */
export const FED_KINDS: ReadonlySet<string> = new Set([
  ...['reachability', 'health', 'condition'],
  ...['boot', 'firmware', 'fault', 'chatty', 'observation', 'absence', 'flapping', 'reboot_loop'],
]);

/** A change on its way into the feed. */
export interface NewChange {
  lane: number;
  /** 0: none of one device. */
  deviceId: number;
  /** When it happened, epoch ms. */
  at: number;
  kind: string;
  /** Labels of the device, a row of label_sets, 0 for none; absent: not at hand. */
  labelSetId?: number | undefined;
  data: object;
  /** The trace of the event that brought it about; absent: none that is recorded. */
  traceparent?: string | undefined;
}

/** A change in the feed. Of a lane the positions are 1, 2, 3 … in the order in which they were committed. */
export interface Change {
  lane: number;
  position: number;
  /** By the database's clock, epoch ms. */
  madeAt: number;
  deviceId: number;
  at: number;
  kind: string;
  /** False: it was told before, and is made again by a rebuild. Nobody is to be notified of it. */
  news: boolean;
  /** Null: not at hand when it was written. */
  labelSetId: number | null;
  data: Record<string, unknown>;
  /** The trace of the event that brought it about; null: none that is recorded. */
  traceparent?: string | null;
}

/** The last position read, by lane; a lane that is not in it is read from its beginning. */
export type FeedPositions = ReadonlyMap<number, number>;

export interface ChangesRead {
  /** In the order of each lane. */
  changes: Change[];
  /** What to read after next time: those given, moved. */
  positions: Map<number, number>;
  /** Lanes of which rows after the given position are gone: something was missed. */
  lost: number[];
  /** There is more to read at once. */
  more: boolean;
}

const ROWS_A_STATEMENT = 2000;
/** A lane that is rebuilt has its last deadlines judged soon after. */
const STILL_JUDGED_SECONDS = 60;

/**
 * Adds changes, in the order given, and moves the heads of their lanes. Only in a state transaction of the lanes'
 * owner: the heads stay locked until it commits, so what is read is never overtaken by an earlier position.
 */
export async function addChanges(transaction: Connection, changes: readonly NewChange[]): Promise<void> {
  if (changes.length === 0) return;
  const counts = new Map<number, number>();
  for (const { lane } of changes) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  const lanes = [...counts].sort(([one], [other]) => one - other);
  await transaction.query(
    `
INSERT INTO change_feed_heads (lane, position) VALUES ?
ON DUPLICATE KEY UPDATE position = position + VALUES(position)`,
    [lanes],
  );
  const heads = await readHeadsOfOwner(
    transaction,
    lanes.map(([lane]) => lane),
  );
  const next = new Map(lanes.map(([lane, count]) => [lane, (heads.get(lane)?.position ?? 0) - count]));
  const rows = changes.map(({ lane, deviceId, at, kind, labelSetId, data, traceparent = null }) => {
    const position = next.get(lane)! + 1;
    next.set(lane, position);
    const { madeAt, rebuildAskedAt } = heads.get(lane)!;
    const news = rebuildAskedAt === null || at > rebuildAskedAt;
    const times = [new Date(madeAt), deviceId, new Date(at)];
    return [lane, position, ...times, kind, news, labelSetId ?? null, JSON.stringify(data), traceparent];
  });
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `
INSERT INTO change_feed (lane, position, made_at, device_id, at, kind, news, label_set_id, data, traceparent)
VALUES ?`,
      [rows.slice(first, first + ROWS_A_STATEMENT)],
    );
  }
}

interface Head {
  position: number;
  madeAt: number;
  /** Of a rebuild that applies the lane again, or has just done so: what happened before that time was told before. */
  rebuildAskedAt: number | null;
}

async function readHeadsOfOwner(
  transaction: Connection,
  lanes: readonly number[],
): Promise<Map<number, Head>> {
  const [rows] = await transaction.query<RowDataPacket[]>(
    `
SELECT h.lane, h.position, CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS made_ms,
       (SELECT CAST(UNIX_TIMESTAMP(MAX(r.asked_at)) * 1000 AS UNSIGNED) FROM log_rebuilds AS r
         WHERE r.grp = 'state' AND r.lane = h.lane AND (r.state = 'applying'
           OR (r.state = 'done' AND r.settled_at > SYSDATE(3) - INTERVAL ? SECOND))) AS rebuild_ms
  FROM change_feed_heads AS h
 WHERE h.lane IN (?)`,
    [STILL_JUDGED_SECONDS, lanes],
  );
  return new Map(
    rows.map((row) => [
      row['lane'] as number,
      {
        position: Number(row['position']),
        madeAt: Number(row['made_ms']),
        rebuildAskedAt: row['rebuild_ms'] === null ? null : Number(row['rebuild_ms']),
      },
    ]),
  );
}

/** The last position of each lane: where one begins who wants what comes from now on. */
export async function readFeedHeads(connection: Connection): Promise<Map<number, number>> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT lane, position FROM change_feed_heads');
  return new Map(rows.map((row) => [row['lane'] as number, Number(row['position'])]));
}

/**
 * Reads what follows the given positions: of every lane up to an equal share of `limit`, so that a busy lane keeps none
 * back. A look that finds nothing costs one small statement.
 * @param limit about how many at most, at least one a lane
 * @param without lanes that are left alone; absent: none
 */
export async function readChanges(
  connection: Connection,
  positions: FeedPositions,
  limit: number,
  without?: ReadonlySet<number>,
): Promise<ChangesRead> {
  const heads = await readFeedHeads(connection);
  const behind = [...heads]
    .map(([lane, head]) => ({ lane, head, after: positions.get(lane) ?? 0 }))
    .filter(({ lane, head, after }) => head > after && without?.has(lane) !== true);
  const read: ChangesRead = { changes: [], positions: new Map(positions), lost: [], more: false };
  if (behind.length === 0) return read;
  const share = Math.max(1, Math.floor(limit / behind.length));
  const [rows] = await connection.query<RowDataPacket[]>(
    behind.map(() => LANE_ROWS).join('\nUNION ALL\n'),
    behind.flatMap(({ lane, after, head }) => [lane, after, head, share]),
  );
  read.changes = rows.map(toChange);
  for (const { lane, head, after } of behind) {
    const ofLane = read.changes.filter((change) => change.lane === lane);
    // Positions have no holes: one that is not there is gone.
    if (ofLane[0]?.position !== after + 1) read.lost.push(lane);
    read.positions.set(lane, ofLane.at(-1)?.position ?? head);
    if (read.positions.get(lane)! < head) read.more = true;
  }
  return read;
}

const COLUMNS = `lane, position, CAST(UNIX_TIMESTAMP(made_at) * 1000 AS UNSIGNED) AS made_ms, device_id,
  CAST(UNIX_TIMESTAMP(at) * 1000 AS UNSIGNED) AS at_ms, kind, news, label_set_id, data, traceparent`;
const LANE_ROWS = `(SELECT ${COLUMNS} FROM change_feed
  WHERE lane = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?)`;

function toChange(row: RowDataPacket): Change {
  return {
    lane: row['lane'] as number,
    position: Number(row['position']),
    madeAt: Number(row['made_ms']),
    deviceId: row['device_id'] as number,
    at: Number(row['at_ms']),
    kind: row['kind'] as string,
    news: Number(row['news']) === 1,
    labelSetId: row['label_set_id'] as number | null,
    data: JSON.parse(row['data'] as string) as Record<string, unknown>,
    traceparent: row['traceparent'] as string | null,
  };
}
