import type { Connection } from '@cpemon/database';
import { knownIntervalSeconds, type DeviceRecord } from '@cpemon/domain';
import { encodeMemory } from './device-memory.js';
import {
  escapeJson,
  sqlNumberOrNull,
  sqlString,
  sqlStringOrNull,
  sqlTime,
  sqlTimeOrNull,
} from './sql-literals.js';
import { VALUE_COLUMNS, columnValues } from './value-columns.js';

/** Columns of device_state after the key, in the order in which `encodeDeviceState` writes them. */
export const DEVICE_STATE_COLUMNS: readonly string[] = [
  'generation',
  'lane',
  'last_seq',
  'last_seen_at',
  'device_time',
  'source',
  'interval_seconds',
  'reachability',
  'reachability_reason',
  'reachability_since',
  'health',
  'health_reason',
  'health_since',
  ...VALUE_COLUMNS.filter(({ table }) => table === 'device_state').map(({ name }) => name),
  'applied_events',
  'duplicate_events',
  'late_events',
  'memory',
];

const HEAD = `INSERT INTO device_state (device_id, ${DEVICE_STATE_COLUMNS.join(', ')}) VALUES\n`;
const TAIL = `\nON DUPLICATE KEY UPDATE ${DEVICE_STATE_COLUMNS.map((column) => `${column} = VALUES(${column})`).join(', ')}`;

/** A row of device_state but for its key, as SQL; and what belongs in the device's row of `devices`. */
export interface EncodedState {
  sql: string;
  swVersion: string | null;
  manufacturer: string | null;
  model: string | null;
}

/** The row of a device as it is now, with absolute values, so that writing it twice changes nothing. */
export function encodeDeviceState(record: DeviceRecord, generation: number, lane: number): EncodedState {
  const columns = columnValues(record);
  const [wanIp, swVersion, cpu, memory, uptime, temperature, rxPower, manufacturer, model] =
    columns.values as [
      string | null,
      string | null,
      number | null,
      number | null,
      number | null,
      number | null,
      number | null,
      string | null,
      string | null,
    ];
  const [latest] = record.sources;
  const interval = latest === undefined ? null : knownIntervalSeconds(latest);
  const sql =
    `${generation},${lane},${record.lastSequence},${sqlTime(record.lastSeenAt)},` +
    `${sqlTimeOrNull(newestDeviceTime(record))},${sqlString(latest?.source.slice(0, 32) ?? '')},` +
    `${sqlNumberOrNull(interval)},'${record.reachability}',${sqlString(record.reason)},${sqlTime(record.since)},` +
    `'${record.health}',${sqlString(record.healthReason)},${sinceOfHealth(record)},` +
    `${sqlStringOrNull(wanIp)},${sqlStringOrNull(swVersion)},${sqlNumberOrNull(cpu)},${sqlNumberOrNull(memory)},` +
    `${sqlNumberOrNull(uptime)},${sqlNumberOrNull(temperature)},${sqlNumberOrNull(rxPower)},` +
    `${record.applied},${record.duplicates},${record.late},'${encodeMemory(record, columns, escapeJson)}')`;
  return { sql, swVersion, manufacturer, model };
}

const sinceOfHealth = ({ healthSince }: DeviceRecord): string =>
  healthSince === -Infinity ? 'NULL' : sqlTime(healthSince);

/** The device's own time in the newest report of the source heard last. */
function newestDeviceTime(record: DeviceRecord): number | null {
  return record.sources[0]?.reports[0]?.deviceTime ?? null;
}

/** Rows and characters of one statement: so many that round trips vanish, far below the smallest packet limit. */
const ROWS_A_STATEMENT = 5000;
const CHARACTERS_A_STATEMENT = 4 * 1024 * 1024;

/** Rows of device_state on their way into statements. */
export interface StateStatements {
  /** @param state SQL of `encodeDeviceState`. Rows in ascending order of the key touch each page once. */
  add(deviceId: number, state: string): void;
  /** Writes what was added: the statements that CPEmon runs most. */
  write(transaction: Connection): Promise<void>;
}

/**
 * Collects rows into statements of bounded size as they come. A text put together of many parts is a tree of them in
 * V8; each row is made one piece here at once, because thousands of trees that wait to be written are what the
 * garbage collector would copy again and again.
 */
export function createStateStatements(): StateStatements {
  const statements: string[] = [];
  let rows: string[] = [];
  let characters = 0;
  const close = (): void => {
    if (rows.length > 0) statements.push(HEAD + rows.join(',\n') + TAIL);
    rows = [];
    characters = 0;
  };
  return {
    add(deviceId, state) {
      const row = `(${deviceId},${state}`;
      // Reading a character makes the text one piece.
      characters += row.charCodeAt(0) > 0 ? row.length : 0;
      rows.push(row);
      if (rows.length >= ROWS_A_STATEMENT || characters >= CHARACTERS_A_STATEMENT) close();
    },
    async write(transaction) {
      close();
      for (const statement of statements) {
        // null, not no values: with none the driver looks through the whole text for placeholders, 6 µs a row.
        await transaction.query(statement, null);
      }
    },
  };
}
