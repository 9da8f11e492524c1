import type { SingleConnection } from '@cpemon/database';
import type { FailedRequest } from '../load/failed-request.js';
import { scheduleOf, serialNumberOf, type FleetPlan } from '../load/fleet-plan.js';
import { cpuTenthsOf, uptimeSecondsAt } from '../load/heartbeat-bytes.js';
import { readStateRows, type StateRow } from './state-rows.js';

/** What device_state must hold after some loads, worked out from their plans alone. */
export interface ExpectedState {
  /**
   * Events 0 to `events` − 1 of the plan were accepted, after everything added before; but for requests that failed,
   * each of `batch` events: nothing of a refused one may be there, and of a doubtful one all or nothing.
   */
  add(plan: FleetPlan, events: number, failures?: { batch: number; failed: readonly FailedRequest[] }): void;
  /** Events added in all that must be there. */
  total(): number;
  /** Events that may be there. */
  doubtful(): number;
  /** What is wrong in the database, at most ten sentences; empty when all is right. */
  check(connection: SingleConnection): Promise<string[]>;
}

const MOST_SENTENCES = 10;

export function createExpectedState(devices: number): ExpectedState {
  const applied = new Int32Array(devices + 1);
  const doubted = new Int32Array(devices + 1);
  const timeMs = new Float64Array(devices + 1);
  const cpuTenths = new Int16Array(devices + 1);
  let total = 0;
  let doubtful = 0;

  const differs = (row: StateRow): string | null => {
    const device = Number(row.serialNumber.slice(4));
    const known = device <= devices && row.serialNumber === serialNumberOf(device);
    if (!known || applied[device]! + doubted[device]! === 0) return `${row.serialNumber} was never sent`;
    if (doubted[device]! > 0) {
      const [least, most] = [applied[device]!, applied[device]! + doubted[device]!];
      const right = row.appliedEvents >= least && row.appliedEvents <= most;
      return right
        ? null
        : `${row.serialNumber} has ${row.appliedEvents} events, expected ${least} to ${most}`;
    }
    const expected = [
      applied[device]!,
      timeMs[device]!,
      cpuTenths[device]! / 1000,
      uptimeSecondsAt(timeMs[device]!),
    ];
    const stored = [row.appliedEvents, row.deviceTimeMs, row.cpuUsedRatio, row.uptimeSeconds];
    if (expected.every((value, index) => Math.abs(value - stored[index]!) < 1e-9)) return null;
    return (
      `${row.serialNumber}: events, time, cpu and uptime are ${stored.join(', ')}, ` +
      `expected ${expected.join(', ')}`
    );
  };

  return {
    add(plan, events, { batch, failed } = { batch: 1, failed: [] }) {
      const schedule = scheduleOf(plan);
      const outcomes = new Map(failed.map(({ request, outcome }) => [request, outcome]));
      for (let n = 0; n < events; n++) {
        const device = schedule.deviceOf(n);
        const outcome = outcomes.size === 0 ? undefined : outcomes.get(Math.floor(n / batch));
        if (outcome === undefined) {
          total++;
          applied[device]!++;
          timeMs[device] = schedule.timeOf(n);
          cpuTenths[device] = cpuTenthsOf(n);
        } else if (outcome !== 'refused') {
          doubtful++;
          doubted[device]!++;
        }
      }
    },
    total: () => total,
    doubtful: () => doubtful,
    async check(connection) {
      const wrong: string[] = [];
      let rows = 0;
      for await (const page of readStateRows(connection)) {
        rows += page.length;
        for (const row of page) {
          const sentence = wrong.length < MOST_SENTENCES ? differs(row) : null;
          if (sentence !== null) wrong.push(sentence);
        }
      }
      const sure = applied.reduce((count, events) => count + (events > 0 ? 1 : 0), 0);
      const possible = applied.reduce(
        (count, events, device) => count + (events + doubted[device]! > 0 ? 1 : 0),
        0,
      );
      if (rows < sure || rows > possible) wrong.unshift(`device_state has ${rows} rows, expected ${sure}`);
      return wrong;
    },
  };
}
