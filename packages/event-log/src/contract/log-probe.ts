import type { DatabasePool } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';

/** A heartbeat of `device` with a number of its own. */
export function testEvent(device: string, n: number): CpeEvent {
  return {
    id: `${device}-${n}`,
    source: '/heartbeat',
    type: 'cpemon.heartbeat.v1',
    subject: device,
    data: {},
  };
}

/** Every event in the log in order of lane and sequence. */
export async function readWholeLog(
  pool: DatabasePool,
): Promise<{ lane: number; sequence: number; device: string; id: string }[]> {
  const [rows] = await pool.query<RowDataPacket[]>(
    'SELECT lane, sequence, device, id FROM v_event_log ORDER BY lane, sequence',
  );
  return rows.map((row) => ({
    lane: Number(row['lane']),
    sequence: Number(row['sequence']),
    device: row['device'] as string,
    id: row['id'] as string,
  }));
}

/** What the recording appliers wrote, in the order in which it was applied. */
export async function readRecorded(
  pool: DatabasePool,
): Promise<{ lane: number; seq: number; device: string; id: string; appliedBy: string }[]> {
  const [rows] = await pool.query<RowDataPacket[]>(
    'SELECT lane, seq, device, id, applied_by FROM recorded ORDER BY n',
  );
  return rows.map((row) => ({
    lane: row['lane'] as number,
    seq: Number(row['seq']),
    device: row['device'] as string,
    id: row['id'] as string,
    appliedBy: row['applied_by'] as string,
  }));
}
