import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import {
  createDeviceComparison,
  type DeviceDifference,
  type DeviceTruth,
  type VerifyTotals,
} from './compare-devices.js';
import { describeDrift, fleetCountDrift, lanesWithHoles } from './log-checks.js';
import { readStoredDevices } from './stored-devices.js';
import type { SimulatorTruth } from './truth-reader.js';

export interface VerifyReport {
  agree: boolean;
  totals: VerifyTotals;
  differences: readonly DeviceDifference[];
  /** Lanes of the log that do not hold what their head says. */
  lanes_with_holes: string[];
  /** Kept counts that a count contradicts. */
  count_drift: string[];
  /** What kept things from coming to rest, if they did not. */
  unsettled?: string;
}

export interface VerifyOptions {
  simulators: readonly SimulatorTruth[];
  connection: SingleConnection;
  /** How long senders and backlog may take to come to rest, milliseconds. */
  waitMs: number;
  now: () => number;
}

const LOOK_EVERY_MS = 500;

/** Holds the simulators still, waits until all they sent is applied, and compares their books with the database. */
export async function verify({ simulators, connection, waitMs, now }: VerifyOptions): Promise<VerifyReport> {
  const paused: SimulatorTruth[] = [];
  try {
    for (const simulator of simulators) if (await simulator.pause()) paused.push(simulator);
    const unsettled = await rest(simulators, connection, now() + waitMs, now);
    const stored = await readStoredDevices(connection);
    const comparison = createDeviceComparison();
    for (const [serialNumber, truth] of await readTruths(simulators))
      comparison.add(truth, stored.get(serialNumber));
    const holes = await lanesWithHoles(connection);
    const drift = (await fleetCountDrift(connection)).map(describeDrift);
    const { totals, differences } = comparison;
    const differ = totals.missing + totals.doubled + totals.state_differences + holes.length + drift.length;
    return {
      agree: differ === 0 && unsettled === undefined,
      ...{ totals, differences, lanes_with_holes: holes, count_drift: drift },
      ...(unsettled === undefined ? {} : { unsettled }),
    };
  } finally {
    for (const simulator of paused) await simulator.resume();
  }
}

/** Devices by serial number: clones, and the fleets of several simulators, share one. */
async function readTruths(simulators: readonly SimulatorTruth[]): Promise<Map<string, DeviceTruth>> {
  const truths = new Map<string, DeviceTruth>();
  for (const simulator of simulators) {
    for await (const { state, ...truth } of simulator.devices()) {
      const before = truths.get(truth.sn);
      if (before === undefined) {
        truths.set(truth.sn, state === undefined ? truth : { ...truth, state });
        continue;
      }
      delete before.state;
      before.sent += truth.sent;
      before.acknowledged += truth.acknowledged;
      before.in_doubt += truth.in_doubt;
    }
  }
  return truths;
}

/** @returns what is still going on when the time is over */
async function rest(
  simulators: readonly SimulatorTruth[],
  connection: SingleConnection,
  untilMs: number,
  now: () => number,
): Promise<string | undefined> {
  for (let quiet = 0; ;) {
    let sending = 0;
    for (const simulator of simulators) sending += await simulator.unsettled();
    const backlog = await backlogOf(connection);
    quiet = sending === 0 && backlog === 0 ? quiet + 1 : 0;
    // Twice, as an event may be between the sender and the log.
    if (quiet === 2) return undefined;
    if (now() > untilMs)
      return `${sending} requests are under way or wait for a retry, ${backlog} events for a writer`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Events of the log that no writer has applied. */
async function backlogOf(connection: SingleConnection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT COALESCE(SUM(GREATEST(0, CAST(l.head_seq AS SIGNED) - CAST(COALESCE(o.applied_seq, l.base_seq) AS SIGNED))), 0) AS backlog
       FROM log_lanes AS l
       LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = l.generation AND o.lane = l.lane`,
  );
  return Number(rows[0]?.['backlog'] ?? 0);
}
