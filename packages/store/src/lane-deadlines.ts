import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { Reachability } from '@cpemon/domain';

/** What is needed to know when to look at a device again. */
export interface DeviceSilence {
  deviceId: number;
  reachability: Reachability;
  /** Epoch ms. */
  lastSeenAt: number;
  /** Null where it is not known. */
  intervalSeconds: number | null;
}

export interface SilencePage {
  silences: DeviceSilence[];
  /** Key to go on after; null at the end. */
  next: number | null;
}

const PAGE_ROWS = 5000;

/** The devices of a lane whose silence can still change their reachability, by ascending key, after key `after`. */
export async function readLaneSilences(
  connection: Connection,
  lane: { generation: number; lane: number },
  after: number,
): Promise<SilencePage> {
  const [rows] = await connection.query<RowDataPacket[][]>({
    // Hints as in load-devices.ts.
    sql: `
SELECT STRAIGHT_JOIN d.device_id, s.reachability, s.last_seen_at, s.interval_seconds
  FROM devices AS d FORCE INDEX (by_lane)
  JOIN device_state AS s FORCE INDEX (PRIMARY) ON s.device_id = d.device_id
 WHERE d.lane = ? AND d.device_id > ? AND d.generation = ?
 ORDER BY d.device_id
 LIMIT ?`,
    values: [lane.lane, after, lane.generation, PAGE_ROWS],
    rowsAsArray: true,
  });
  const page = rows as unknown as [number, Reachability, Date, number | null][];
  const silences: DeviceSilence[] = [];
  for (const [deviceId, reachability, lastSeenAt, intervalSeconds] of page) {
    if (reachability !== 'online' && reachability !== 'stale') continue;
    silences.push({ deviceId, reachability, lastSeenAt: lastSeenAt.getTime(), intervalSeconds });
  }
  return { silences, next: page.length < PAGE_ROWS ? null : page[page.length - 1]![0] };
}
