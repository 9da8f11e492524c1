import { laneOf } from '@cpemon/domain';
import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { Ledger } from './ledger.js';

/** Hours before now that the new log gets events for: older than it is kept, so that retention has something to do. */
export const HISTORY_HOURS_AGO = [30, 29, 28, 27, 26] as const;
const EVENTS_A_LANE_AND_HOUR = 2;
const HOUR_MS = 3_600_000;

/**
 * Writes events into the log as if they had come many hours ago, before any service runs: one record a lane and hour,
 * in partitions of their own. To the sender's books they are acknowledged.
 */
export async function writeHistory(connection: SingleConnection, ledger: Ledger): Promise<void> {
  const [[log]] = await connection.query<RowDataPacket[]>(
    'SELECT generation, lanes, UNIX_TIMESTAMP() DIV 3600 AS hour FROM log_generations',
  );
  const [generation, lanes, thisHour] = [
    Number(log?.['generation']),
    Number(log?.['lanes']),
    Number(log?.['hour']),
  ];
  const devices = devicesOfLanes(ledger, lanes);
  for (const hoursAgo of HISTORY_HOURS_AGO) {
    const hour = thisHour - hoursAgo;
    const receivedAt = (hour * HOUR_MS + HOUR_MS / 2) / 1000;
    for (let lane = 0; lane < lanes; lane += 1) {
      const chosen = devices[lane]!.slice(0, EVENTS_A_LANE_AND_HOUR);
      if (chosen.length === 0) continue;
      const events = JSON.stringify(chosen.map((device) => historicEvent(ledger, device, receivedAt * 1000)));
      await connection.query(
        `UPDATE log_lanes SET head_seq = head_seq + ?, head_bytes = head_bytes + ?, last_received_at = FROM_UNIXTIME(?)
          WHERE generation = ? AND lane = ?`,
        [chosen.length, Buffer.byteLength(events), receivedAt, generation, lane],
      );
      await connection.query(
        `INSERT INTO log_records (generation, lane, last_seq, received_hour, event_count, received_at, events)
         SELECT generation, lane, head_seq, ?, ?, last_received_at, ? FROM log_lanes WHERE generation = ? AND lane = ?`,
        [hour, chosen.length, events, generation, lane],
      );
    }
  }
}

function devicesOfLanes(ledger: Ledger, lanes: number): number[][] {
  const byLane: number[][] = Array.from({ length: lanes }, () => []);
  for (const [index, { serialNumber }] of ledger.devices.entries())
    byLane[laneOf(serialNumber, lanes)]!.push(index);
  return byLane;
}

function historicEvent(ledger: Ledger, device: number, receivedAtMs: number): object {
  const books = ledger.devices[device]!;
  const n = books.begin();
  books.attempted(n);
  books.acknowledged(n);
  return {
    ...{ id: `history-${device}-${n}`, source: '/telemetry', type: 'cpemon.heartbeat.v1' },
    ...{ subject: books.serialNumber, time: new Date(receivedAtMs - 1000).toISOString() },
    data: {
      interval_seconds: 300,
      metrics: { uptime_seconds: n },
      extra: { chaos_device: device, chaos_n: n },
    },
  };
}
