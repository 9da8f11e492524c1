import { createDeviceApplier, type DeviceApplier } from '@cpemon/cpemon-writer';
import type { SingleConnection } from '@cpemon/database';
import {
  COMMAND_EVENT_TYPE,
  DEFAULT_REACHABILITY_SETTINGS,
  INTAKE_PATHS,
  type CpeEvent,
} from '@cpemon/domain';
import type { LaneBatch, LaneRef, LoggedEvent } from '@cpemon/event-log';
import { labelSetIds, labelsText } from '@cpemon/store';

export interface JudgedFleetOptions {
  devices: number;
  /** Devices of an OLT; they have numbers in a row. */
  oltDevices: number;
  /** Epoch ms; times of the fleet are before and after it, whatever the clock shows. */
  startAt: number;
}

/** A fleet whose events are applied as a writer applies them, in this process, at times of the benchmark's own. */
export interface JudgedFleet {
  /** These devices report now. What has fallen due is judged by `sweep` alone. */
  report(devices: Iterable<number>, at: number): Promise<void>;
  /** Judges all that is due up to `until`. @returns wall time of each batch of all lanes, ms */
  sweep(until: number): Promise<number[]>;
  oltOf(device: number): string;
}

const INTERVAL_SECONDS = 300;
const EVENTS_A_BATCH = 20_000;
const SOURCE = '/telemetry';
/** Of a lane, as the writer has it. */
const DEADLINES_A_BATCH = 20_000;

export async function startJudgedFleet(
  connection: SingleConnection,
  { devices, oltDevices, startAt }: JudgedFleetOptions,
): Promise<JudgedFleet> {
  const [found] = await connection.query(
    'SELECT generation, lane FROM log_lanes WHERE generation = (SELECT MAX(generation) FROM log_generations)',
  );
  const lanes = found as LaneRef[];
  // Everybody listens all the time.
  await connection.query('INSERT INTO intake_paths (path, accepted_at) VALUES ?', [
    INTAKE_PATHS.map((path) => [path, new Date(startAt + 7 * 86_400_000)]),
  ]);
  const oltOf = (device: number): string => `olt-${Math.floor(device / oltDevices)}`;
  const sets = await labelSets(connection, Math.ceil(devices / oltDevices));
  const applier = createDeviceApplier({
    read: (work) => work(connection),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    ...{ cachedDevices: 2 * devices, cachedBytes: 4 * 1024 ** 3 },
  });
  for (const lane of lanes) await applier.openLane(lane);
  const known = new Uint8Array(devices);
  let sequence = 0;

  const eventsOf = (device: number, receivedAt: number): LoggedEvent[] => {
    const subject = `SN${device}`;
    const report: CpeEvent = {
      ...{ id: `e${(sequence += 1)}`, source: SOURCE, type: 'cpemon.heartbeat.v1', subject },
      data: {
        interval_seconds: INTERVAL_SECONDS,
        attributes: { model: `model-${device % 10}`, sw_version: `V${device % 3}` },
        metrics: { cpu_used_ratio: 0.1, rx_power_dbm: -20 },
      },
    };
    const events: LoggedEvent[] = [{ sequence, receivedAt, event: report }];
    if (known[device] === 1) return events;
    known[device] = 1;
    const command = { name: 'inventory', revision: 1, admin_state: 'in_service' } as const;
    const event: CpeEvent = {
      ...{ id: `i${device}`, source: '/command', type: COMMAND_EVENT_TYPE, subject },
      data: { command: { ...command, label_set: sets.get(oltOf(device))! } },
    };
    events.push({ sequence: (sequence += 1), receivedAt, event });
    return events;
  };

  const apply = (events: readonly (readonly LoggedEvent[])[], watermark: number): Promise<void> =>
    applyToLanes(connection, applier, lanes, events, watermark);
  return {
    oltOf,
    async report(reporting, at) {
      let waiting = 0;
      let byLane: LoggedEvent[][] = lanes.map(() => []);
      const flush = async (): Promise<void> => {
        // The watermark stays: nothing falls due.
        await apply(byLane, startAt - 86_400_000);
        byLane = lanes.map(() => []);
        waiting = 0;
      };
      for (const device of reporting) {
        byLane[device % lanes.length]!.push(...eventsOf(device, at));
        waiting += 1;
        if (waiting >= EVENTS_A_BATCH) await flush();
      }
      if (waiting > 0) await flush();
    },
    async sweep(until) {
      const tookMs: number[] = [];
      // Deadlines of devices that have reported since are passed over, so many a batch.
      const mostIdle = 1 + Math.ceil(devices / lanes.length / DEADLINES_A_BATCH);
      for (let idle = 0; idle < mostIdle;) {
        const before = await offlineDevices(connection);
        const startedAt = performance.now();
        await apply(
          lanes.map(() => []),
          until,
        );
        tookMs.push(performance.now() - startedAt);
        idle = (await offlineDevices(connection)) === before ? idle + 1 : 0;
      }
      return tookMs;
    },
  };
}

async function labelSets(connection: SingleConnection, olts: number): Promise<Map<string, number>> {
  const names = Array.from({ length: olts }, (_, n) => `olt-${n}`);
  const texts = names.map((olt) => labelsText({ olt }));
  const ids = await labelSetIds(connection, texts);
  return new Map(names.map((olt, n) => [olt, ids.get(texts[n]!)!]));
}

async function applyToLanes(
  connection: SingleConnection,
  applier: DeviceApplier,
  lanes: readonly LaneRef[],
  events: readonly (readonly LoggedEvent[])[],
  watermark: number,
): Promise<void> {
  const prepared = await applier.prepare(
    lanes.map((lane, n): LaneBatch => ({
      ...{ ...lane, mode: 'live', events: events[n]!, watermark, attemptAt: watermark },
      ...{ parked: new Set<string>(), refusals: new Map() },
    })),
  );
  await connection.query('START TRANSACTION');
  await prepared.write(connection);
  await connection.query(
    `INSERT INTO log_offsets (grp, generation, lane, applied_seq, watermark) VALUES ?
     ON DUPLICATE KEY UPDATE watermark = VALUES(watermark)`,
    [lanes.map(({ generation, lane }) => ['state', generation, lane, 0, new Date(watermark)])],
  );
  await connection.query('COMMIT');
  prepared.committed();
}

/** By the kept counts. */
export async function offlineDevices(connection: SingleConnection): Promise<number> {
  const [rows] = await connection.query(
    "SELECT COALESCE(SUM(devices), 0) AS devices FROM fleet_counts WHERE reachability = 'offline'",
  );
  return Number((rows as { devices: string }[])[0]?.devices);
}
