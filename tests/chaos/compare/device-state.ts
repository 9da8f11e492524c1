import type { RowDataPacket } from 'mysql2';
import { createReckoner, type DeviceModel } from '../watch/device-model.js';
import { positionOf, type DeviceEvidence } from '../watch/log-evidence.js';
import type { Comparison, SetAside, Violation } from './comparison.js';

const TIME = new Intl.DateTimeFormat('en', { timeStyle: 'medium', timeZone: 'UTC' });

/** Every device's current values and counters against what its events in the log come to. */
export const deviceState: Comparison = {
  table: 'device_state',
  async compare({ connection, ledger, log, setAside }) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT d.serial_number, s.applied_events, s.duplicate_events, s.late_events, s.uptime_seconds,
              CAST(UNIX_TIMESTAMP(s.device_time) * 1000 AS UNSIGNED) AS device_time_ms,
              CAST(UNIX_TIMESTAMP(s.last_seen_at) * 1000 AS UNSIGNED) AS last_seen_ms,
              s.source, s.last_seq, s.interval_seconds, s.generation, s.lane
         FROM device_state AS s JOIN devices AS d ON d.device_id = s.device_id`,
    );
    const violations: Violation[] = [];
    const found = new Map(rows.map((row) => [row['serial_number'] as string, row]));
    for (const [index, evidence] of log.devices.entries()) {
      const { serialNumber } = ledger.devices[index]!;
      const { model, exact } = modelOf(evidence, setAside);
      const row = found.get(serialNumber);
      found.delete(serialNumber);
      if (model.applied === 0 && row === undefined) continue;
      violations.push(...differences(serialNumber, evidence, model, row, exact));
    }
    for (const serialNumber of found.keys()) {
      const detail = 'a device that no event in the log names';
      violations.push({ kind: 'phantom', table: 'device_state', event: serialNumber, detail });
    }
    return violations;
  },
};

/** The device as it must be. Not exact: something of it was parked or given up, which leaves marks of its own. */
function modelOf(evidence: DeviceEvidence, setAside: SetAside): { model: DeviceModel; exact: boolean } {
  const { entries } = evidence;
  if (entries === undefined) return { model: evidence.reckoner.model(), exact: true };
  const reckoner = createReckoner();
  const requeued = new Set(setAside.requeued);
  const byPosition = new Map(entries.map((entry) => [positionOf(entry), entry]));
  for (const [position, entry] of byPosition) {
    if (!setAside.waiting.has(position) && !requeued.has(position)) reckoner.apply(entry);
  }
  for (const position of setAside.requeued) {
    const entry = byPosition.get(position);
    if (entry !== undefined) reckoner.apply(entry);
  }
  return { model: reckoner.model(), exact: false };
}

function differences(
  serialNumber: string,
  evidence: DeviceEvidence,
  model: DeviceModel,
  row: RowDataPacket | undefined,
  exact: boolean,
): Violation[] {
  const lane = evidence.lane === undefined ? '' : `${evidence.lane.generation}-${evidence.lane.lane}`;
  const at = { table: 'device_state', position: `${lane}-${model.lastSequence}` };
  const lastEvent = `${serialNumber} #${model.counter}`;
  const told = (kind: Violation['kind'], event: string, detail: string): Violation => ({
    ...at,
    ...{ kind, event, detail },
  });
  if (row === undefined)
    return [told('lost', lastEvent, `no row, though ${model.applied} events are applied`)];

  const violations: Violation[] = [];
  const number = (column: string): number | null => (row[column] === null ? null : Number(row[column]));
  const counted = (column: string, expected: number): void => {
    const stored = number(column) ?? 0;
    if (stored === expected) return;
    const detail = `${column} is ${stored}, the log says ${expected}`;
    violations.push(told(stored < expected ? 'lost' : 'doubled', lastEvent, detail));
  };
  counted('applied_events', model.applied);
  counted('duplicate_events', model.duplicates);
  if (exact) counted('late_events', model.late);

  const stored = number('uptime_seconds');
  if (stored !== model.counter) {
    const kind = stored === null || stored < (model.counter ?? 0) ? 'lost' : 'out of order';
    violations.push(
      told(kind, lastEvent, `the counter in force is ${stored}, the log says ${model.counter}`),
    );
  }
  if (!exact) return violations;
  for (const [column, expected] of [
    ['device_time_ms', model.deviceTime],
    ['last_seen_ms', model.lastSeenAt],
  ] as const) {
    const value = number(column);
    if (value !== expected && !(expected !== null && value !== null && Math.abs(value - expected) < 1)) {
      const detail = `${column} is ${clock(value)}, the log says ${clock(expected)}`;
      violations.push(told('out of order', lastEvent, detail));
    }
  }
  if (row['source'] !== model.source) {
    const detail = `the source heard last is ${String(row['source'])}, the log says ${model.source}`;
    violations.push(told('out of order', lastEvent, detail));
  }
  if (Number(row['last_seq']) !== model.lastSequence) {
    const detail = `last_seq is ${row['last_seq']}, the log says ${model.lastSequence}`;
    violations.push(told('out of order', lastEvent, detail));
  }
  return violations;
}

const clock = (ms: number | null): string =>
  ms === null || !Number.isFinite(ms) ? 'none' : `${TIME.format(ms)} (${ms})`;
