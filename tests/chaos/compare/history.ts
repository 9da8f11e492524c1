import type { RowDataPacket } from 'mysql2';
import {
  readBlocks,
  readDeviceIds,
  readSampleChunk,
  uniqueSamples,
  unpackRollups,
  unpackSamples,
  type Sample,
} from '@cpemon/history';
import type { SingleConnection } from '@cpemon/database';
import { DEVICES_A_GROUP, SLICES_A_DAY } from '@cpemon/store';
import type { Comparison, Evidence, Violation } from './comparison.js';

/** The load numbers its events in this metric. */
const COUNTER = 'uptime_seconds';
const TABLE = 'history';

/**
 * History against the log: each event that is applied has its sample, none has more of them than it has copies in the
 * log, and roll-ups count what the samples at rest are. Where two events of a device have one time, either will do. Of a
 * device that became chatty history keeps fewer, so of that one nothing is missed.
 */
export const history: Comparison = {
  table: TABLE,
  async compare(evidence) {
    const { connection } = evidence;
    const samples = await readAllSamples(connection);
    if (samples.size === 0) return noneAtAll(evidence);
    return [...(await comparedWithLog(evidence, samples)), ...(await comparedWithRollups(connection))];
  },
};

function noneAtAll({ log }: Evidence): Violation[] {
  if (log.events === 0) return [];
  return [{ kind: 'lost', table: TABLE, detail: `no sample, though the log holds ${log.events} events` }];
}

async function comparedWithLog(
  { connection, ledger, log, setAside }: Evidence,
  samples: ReadonlyMap<number, Sample[]>,
): Promise<Violation[]> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT device_id, serial_number FROM devices');
  const [told] = await connection.query<RowDataPacket[]>(
    "SELECT DISTINCT device_id FROM device_events WHERE kind = 'chatty'",
  );
  const chatty = new Set(told.map((row) => Number(row['device_id'])));
  const keys = new Map(rows.map((row) => [row['serial_number'] as string, Number(row['device_id'])]));
  const violations: Violation[] = [];
  for (const [index, { copies, entries }] of log.devices.entries()) {
    const { serialNumber, sent } = ledger.devices[index]!;
    const stored = samples.get(keys.get(serialNumber) ?? -1) ?? [];
    const found = new Map<number, number>();
    // Two events of one time are shown as one sample.
    for (const { metrics } of uniqueSamples(stored)) {
      const n = metrics[COUNTER];
      if (n !== undefined) found.set(n, (found.get(n) ?? 0) + 1);
    }
    const kept = new Set(stored.map(({ metrics }) => metrics[COUNTER]));
    // What was parked or given up of a device has no sample.
    const waits = entries?.some(({ generation, lane, sequence }) =>
      setAside.waiting.has(`${generation}-${lane}-${sequence}`),
    );
    const missing: number[] = [];
    for (let n = 1; n <= sent; n += 1) {
      const event = `${serialNumber} #${n}`;
      const count = found.get(n) ?? 0;
      if (count > (copies[n] ?? 0)) {
        const kind = (copies[n] ?? 0) === 0 ? 'phantom' : 'doubled';
        violations.push({
          kind,
          table: TABLE,
          event,
          detail: `${count} samples, ${copies[n] ?? 0} in the log`,
        });
      }
      if ((copies[n] ?? 0) > 0 && !kept.has(n)) missing.push(n);
    }
    if (missing.length === 0 || waits === true || chatty.has(keys.get(serialNumber) ?? -1)) continue;
    const event = `${serialNumber} #${missing[0]}`;
    const detail = `applied, and it has no sample; so have ${missing.length - 1} others of this device`;
    violations.push({ kind: 'lost', table: TABLE, event, detail });
  }
  return violations;
}

/** Of every device, as often as they are stored. */
async function readAllSamples(connection: SingleConnection): Promise<Map<number, Sample[]>> {
  const devices = new Map<number, Sample[]>();
  const add = (deviceId: number, samples: readonly Sample[]): void => {
    const own = devices.get(deviceId);
    if (own === undefined) devices.set(deviceId, [...samples]);
    else for (const sample of samples) own.push(sample);
  };
  const [atRest] = await connection.query<RowDataPacket[]>('SELECT device_id, payload FROM history_samples');
  for (const row of atRest) add(Number(row['device_id']), unpackSamples(row['payload'] as Buffer));
  const [runs] = await connection.query<RowDataPacket[]>('SELECT device_ids, payload FROM history_runs');
  for (const row of runs) {
    const blocks = readBlocks(row['payload'] as Buffer);
    for (const [n, deviceId] of readDeviceIds(row['device_ids'] as Buffer).entries())
      add(deviceId, readSampleChunk(blocks[n]!));
  }
  const [chunks] = await connection.query<RowDataPacket[]>('SELECT device_ids, payload FROM history_fresh');
  for (const row of chunks) {
    const samples = readSampleChunk(row['payload'] as Buffer);
    for (const [n, deviceId] of readDeviceIds(row['device_ids'] as Buffer).entries())
      add(deviceId, [samples[n]!]);
  }
  return devices;
}

/** Of days that are rolled up, and have got nothing since. */
async function comparedWithRollups(connection: SingleConnection): Promise<Violation[]> {
  const [rolledUp] = await connection.query<RowDataPacket[]>(
    `SELECT h.device_id, h.day, h.payload FROM history_hours AS h
      WHERE NOT EXISTS (
        SELECT 1 FROM history_due AS d
         WHERE d.day = h.day AND d.device_group = FLOOR(h.device_id / ${DEVICES_A_GROUP}))`,
  );
  if (rolledUp.length === 0) return [];
  const [atRest] = await connection.query<RowDataPacket[]>(
    'SELECT device_id, slice, payload FROM history_samples',
  );
  const samples = new Map<string, number>();
  for (const row of atRest) {
    const key = `${row['device_id']} ${Math.floor(Number(row['slice']) / SLICES_A_DAY)}`;
    const own = unpackSamples(row['payload'] as Buffer).filter(({ metrics }) => COUNTER in metrics).length;
    samples.set(key, (samples.get(key) ?? 0) + own);
  }
  const violations: Violation[] = [];
  for (const row of rolledUp) {
    const counted = unpackRollups(row['payload'] as Buffer).reduce(
      (sum, { metrics }) => sum + (metrics.get(COUNTER)?.count ?? 0),
      0,
    );
    const own = samples.get(`${row['device_id']} ${row['day']}`) ?? 0;
    if (own === counted) continue;
    const kind = counted < own ? 'lost' : 'doubled';
    const detail = `device ${row['device_id']}, day ${row['day']}: its hours count ${counted} of ${own} samples`;
    violations.push({ kind, table: 'history_hours', detail });
  }
  return violations;
}
