import type { SingleConnection } from '@cpemon/database';
import { cpuTenthsOf, uptimeSecondsAt } from '../load/heartbeat-bytes.js';
import { scheduleOf, serialNumberOf, type FleetPlan } from '../load/fleet-plan.js';

/** What device_state must hold after some loads, worked out from their plans alone. */
export interface ExpectedState {
  /** All of events 0 to `events` − 1 of the plan were accepted, after everything added before. */
  add(plan: FleetPlan, events: number): void;
  /** Events added in all. */
  total(): number;
  /** What is wrong in the database, at most ten sentences; empty when all is right. */
  check(connection: SingleConnection): Promise<string[]>;
}

interface StateRow {
  serialNumber: string;
  deviceTime: Date | null;
  cpuUsedRatio: number | null;
  uptimeSeconds: number | null;
  appliedEvents: number | string;
}

export function createExpectedState(devices: number): ExpectedState {
  const applied = new Int32Array(devices + 1);
  const timeMs = new Float64Array(devices + 1);
  const cpuTenths = new Int16Array(devices + 1);
  let total = 0;
  return {
    add(plan, events) {
      const schedule = scheduleOf(plan);
      for (let n = 0; n < events; n++) applied[schedule.deviceOf(n)]!++;
      for (let n = Math.max(0, events - plan.devices); n < events; n++) {
        const device = schedule.deviceOf(n);
        timeMs[device] = schedule.timeOf(n);
        cpuTenths[device] = cpuTenthsOf(n);
      }
      total += events;
    },
    total: () => total,
    async check(connection) {
      const [found] = await connection.query(
        `SELECT devices.serial_number AS serialNumber, state.device_time AS deviceTime,
                state.cpu_used_ratio AS cpuUsedRatio, state.uptime_seconds AS uptimeSeconds,
                state.applied_events AS appliedEvents
           FROM device_state AS state JOIN devices ON devices.device_id = state.device_id`,
      );
      const rows = found as StateRow[];
      const wrong: string[] = [];
      const expectedDevices = applied.reduce((count, events) => count + (events > 0 ? 1 : 0), 0);
      if (rows.length !== expectedDevices) {
        wrong.push(`device_state has ${rows.length} rows, expected ${expectedDevices}`);
      }
      for (const row of rows) {
        if (wrong.length >= 10) break;
        const device = Number(row.serialNumber.slice(4));
        if (row.serialNumber !== serialNumberOf(device) || !(device <= devices) || applied[device] === 0) {
          wrong.push(`${row.serialNumber} was never sent`);
          continue;
        }
        const expected = [
          applied[device]!,
          timeMs[device]!,
          cpuTenths[device]! / 1000,
          uptimeSecondsAt(timeMs[device]!),
        ];
        const stored = [
          Number(row.appliedEvents),
          row.deviceTime?.getTime() ?? NaN,
          row.cpuUsedRatio ?? NaN,
          row.uptimeSeconds ?? NaN,
        ];
        if (!expected.every((value, index) => Math.abs(value - stored[index]!) < 1e-9)) {
          wrong.push(
            `${row.serialNumber}: events, time, cpu and uptime are ${stored.join(', ')}, ` +
              `expected ${expected.join(', ')}`,
          );
        }
      }
      return wrong;
    },
  };
}
