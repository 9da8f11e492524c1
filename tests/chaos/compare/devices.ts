import { laneOf } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

/** One row a device, in the lane in which its events are, or would be in the newest generation. */
export const devices: Comparison = {
  table: 'devices',
  async compare({ connection, ledger, log }) {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT serial_number, COUNT(*) AS devices, MIN(generation) AS generation, MIN(lane) AS lane FROM devices GROUP BY serial_number',
    );
    const [[newest]] = await connection.query<RowDataPacket[]>(
      'SELECT generation, lanes FROM log_generations ORDER BY generation DESC LIMIT 1',
    );
    const [generation, lanes] = [Number(newest?.['generation']), Number(newest?.['lanes'])];
    return rows.flatMap((row): Violation[] => {
      const event = row['serial_number'] as string;
      const index = ledger.indexOf(event);
      const lane = index === undefined ? undefined : log.devices[index]!.lane;
      const table = 'devices';
      if (lane === undefined)
        return [{ kind: 'phantom', table, event, detail: 'no event names this device' }];
      if (Number(row['devices']) !== 1)
        return [{ kind: 'doubled', table, event, detail: `${row['devices']} rows of one device` }];
      const is = `${row['generation']}-${row['lane']}`;
      const must = `${generation}-${laneOf(event, lanes)}`;
      const logged = `${lane.generation}-${lane.lane}`;
      if (is === must && (lane.generation < generation || logged === must)) return [];
      return [
        {
          kind: 'out of order',
          table,
          event,
          position: is,
          detail: `it belongs to lane ${must}, its last event is in ${logged}`,
        },
      ];
    });
  },
};
