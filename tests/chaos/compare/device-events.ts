import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

interface Step {
  at: number;
  from: string;
  to: string;
}

/** Kinds of rows that an event must have said; all others the writer concludes by itself, from rates and silence. */
const TOLD_BY_SENDERS = [
  ...['boot', 'firmware', 'address', 'transfer', 'software_module', 'fault', 'connection_request'],
  ...['diagnostics', 'provision', 'vendor', 'observation'],
];

/**
 * A device's timeline is a chain: each change of reachability begins where the one before ended, and the last one
 * ends where the device is. A change that was lost or made twice breaks it. The load boots nothing, changes no firmware
 * and no address, so that nothing may have happened that somebody would have to tell.
 */
export const deviceEvents: Comparison = {
  table: 'device_events',
  async compare({ connection }) {
    const [others] = await connection.query<RowDataPacket[]>(
      `SELECT d.serial_number, e.kind FROM device_events AS e JOIN devices AS d ON d.device_id = e.device_id
        WHERE e.kind IN (?) LIMIT 20`,
      [TOLD_BY_SENDERS],
    );
    const phantoms = others.map((row): Violation => {
      const detail = `it tells of a ${row['kind']}, of which no sender has spoken`;
      return { kind: 'phantom', table: 'device_events', event: row['serial_number'] as string, detail };
    });
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT d.serial_number, s.reachability, CAST(UNIX_TIMESTAMP(e.at) * 1000 AS UNSIGNED) AS at_ms, e.data
         FROM device_events AS e
         JOIN devices AS d ON d.device_id = e.device_id
         JOIN device_state AS s ON s.device_id = e.device_id
        WHERE e.kind = 'reachability'
        ORDER BY e.device_id, e.at`,
    );
    const timelines = new Map<string, { now: string; steps: Step[] }>();
    for (const row of rows) {
      const serialNumber = row['serial_number'] as string;
      const timeline = timelines.get(serialNumber) ?? { now: row['reachability'] as string, steps: [] };
      timelines.set(serialNumber, timeline);
      const { from, to } = JSON.parse(row['data'] as string) as { from: string; to: string };
      timeline.steps.push({ at: Number(row['at_ms']), from, to });
    }
    const broken = [...timelines].flatMap(([serialNumber, { now, steps }]) =>
      breaks(serialNumber, now, steps),
    );
    return [...phantoms, ...broken];
  },
};

function breaks(serialNumber: string, now: string, steps: Step[]): Violation[] {
  // What a device was at its first event stands in no row.
  let state = steps[0]?.from ?? now;
  const waiting = [...steps];
  while (waiting.length > 0) {
    // Steps of one millisecond may stand in any order.
    const at = waiting.findIndex((step) => step.at === waiting[0]!.at && step.from === state);
    if (at < 0) {
      const [next] = waiting as [Step, ...Step[]];
      const when = new Date(next.at).toISOString();
      const detail = `at ${when} it goes from ${next.from} to ${next.to}, but it was ${state}`;
      return [{ kind: 'lost', table: 'device_events', event: serialNumber, detail }];
    }
    state = waiting.splice(at, 1)[0]!.to;
  }
  if (state === now) return [];
  const detail = `its timeline ends ${state}, its state says ${now}`;
  return [{ kind: 'lost', table: 'device_events', event: serialNumber, detail }];
}
