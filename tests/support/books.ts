import type { RowDataPacket } from 'mysql2';
import type { RunningStack } from './running-stack.js';
import { eventually, sleep } from './eventually.js';

/** One device as the simulator knows it and as the database has it. */
interface DeviceDifference {
  serialNumber: string;
  acknowledged: number;
  inDoubt: number;
  stored: number;
}

/** Stops the fleet, lets everything in flight settle and the backlog drain. */
export async function settle(stack: RunningStack, seconds = 60): Promise<void> {
  await stack.simulator('/pause');
  let accepted = -1;
  await eventually(
    'nothing is open and the backlog is drained',
    async () => {
      const { totals } = await stack.truth();
      const { totals: books } = await stack.pipeline();
      // Looked at twice, longer apart than an answer of the API may be old.
      const asBefore = books.accepted === accepted;
      accepted = books.accepted;
      if (totals.open === 0 && books.lag_events === 0 && books.applied === books.accepted && asBefore)
        return true;
      await sleep(1200);
      return false;
    },
    seconds * 1000,
  );
}

/**
 * Compares what the simulator was told with what is stored: each device must have at least what was acknowledged
 * and at most what was acknowledged or is in doubt. Returns the devices for which that does not hold.
 */
export async function compareWithTruth(stack: RunningStack): Promise<DeviceDifference[]> {
  const url = stack.file().processes.find(({ name }) => name === 'cpe-simulator')?.url ?? '';
  const lines = (await (await fetch(`${url}/truth/devices`)).text()).trim().split('\n');
  const [rows] = await stack
    .database()
    .query<RowDataPacket[]>('SELECT serial_number, applied_events, duplicate_events FROM v_devices');
  const stored = new Map(
    rows.map((row) => [
      row['serial_number'] as string,
      Number(row['applied_events']) - Number(row['duplicate_events']),
    ]),
  );
  return lines
    .map((line) => JSON.parse(line) as { sn: string; acknowledged: number; in_doubt: number })
    .map(({ sn, acknowledged, in_doubt }) => ({
      serialNumber: sn,
      acknowledged,
      inDoubt: in_doubt,
      stored: stored.get(sn) ?? 0,
    }))
    .filter(
      (device) => device.stored < device.acknowledged || device.stored > device.acknowledged + device.inDoubt,
    );
}

/** The books of the log itself: every lane is contiguous and holds exactly what its head says. */
export async function lanesWithHoles(stack: RunningStack): Promise<number[]> {
  const [rows] = await stack.database().query<RowDataPacket[]>(
    `SELECT l.lane
     FROM log_lanes AS l
     LEFT JOIN log_records AS r ON r.generation = l.generation AND r.lane = l.lane
     GROUP BY l.generation, l.lane, l.head_seq, l.base_seq
     HAVING COALESCE(SUM(r.event_count), 0) <> l.head_seq - l.base_seq OR COALESCE(MAX(r.last_seq), l.base_seq) <> l.head_seq`,
  );
  return rows.map((row) => row['lane'] as number);
}
