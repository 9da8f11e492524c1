import type { SingleConnection } from '@cpemon/database';
import { DEFAULT_LANES, laneOf } from '@cpemon/domain';

const ROWS_A_STATEMENT = 2000;

/** A generation of the log, and rows of `devices` with the keys 1 to `count` and the serial numbers SN1, SN2, … */
export async function registerSeededDevices(connection: SingleConnection, count: number): Promise<void> {
  await connection.query(
    'INSERT INTO log_generations (generation, lanes, opened_at) VALUES (1, ?, SYSDATE(3))',
    [DEFAULT_LANES],
  );
  for (let first = 1; first <= count; first += ROWS_A_STATEMENT) {
    const rows = Array.from({ length: Math.min(ROWS_A_STATEMENT, count - first + 1) }, (_, n) => {
      const serialNumber = `SN${first + n}`;
      return [first + n, serialNumber, '/heartbeat', 1, laneOf(serialNumber, DEFAULT_LANES), new Date()];
    });
    await connection.query(
      'INSERT INTO devices (device_id, serial_number, source, generation, lane, first_seen_at) VALUES ?',
      [rows],
    );
  }
}
