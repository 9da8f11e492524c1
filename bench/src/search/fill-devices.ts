import type { SingleConnection } from '@cpemon/database';

/** Rows of one statement. */
const ROWS_A_STATEMENT = 20_000;
const LABEL_SETS = 200;
const REGIONS = 10;

/** Devices as writers would have left them: a PON serial number in hex, a MAC address, labels of one of 200 OLTs. */
export interface FilledDevices {
  serialOf: (device: number) => string;
  macOf: (device: number) => string;
  region: string;
}

/**
 * As if drawn by lot, so that pieces of it are nobody else's, and no two devices have the same: every step can be undone
 * (the finalizer of MurmurHash3).
 */
function lot(device: number): string {
  let bits = device;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0).toString(16).padStart(8, '0').toUpperCase();
}
const MAC_NUMBERS = 2 ** 24;
const serialOf = (device: number): string => `48575443${lot(device)}`;
const macOf = (device: number): string =>
  `00259E${(Math.imul(device, 0x9e3779b1) & (MAC_NUMBERS - 1)).toString(16).padStart(6, '0').toUpperCase()}`;

/** What a device of one report keeps in its memory is some 400 bytes; the rest is the room that rows get. */
const memoryOf = (at: number): string =>
  JSON.stringify([2, '', [['/heartbeat', at, 0, 0, [LONGEST_INTERVAL_SECONDS, 0], []]]]).padEnd(800);
/** They report once in a month: nothing becomes of them while a writer is at work. */
const LONGEST_INTERVAL_SECONDS = 2_678_400;

export async function fillDevices(connection: SingleConnection, devices: number): Promise<FilledDevices> {
  await connection.query('INSERT INTO label_sets (label_set_id, digest) VALUES ?', [
    Array.from({ length: LABEL_SETS }, (_, set) => [set + 1, Buffer.alloc(16, set)]),
  ]);
  await connection.query('INSERT INTO label_set_values (label_set_id, name, value) VALUES ?', [
    Array.from({ length: LABEL_SETS }, (_, set) => [
      [set + 1, 'olt', `olt-${set}`],
      [set + 1, 'region', `region-${set % REGIONS}`],
    ]).flat(),
  ]);
  const at = new Date();
  const memory = memoryOf(at.getTime());
  for (let first = 1; first <= devices; first += ROWS_A_STATEMENT) {
    const numbers = Array.from(
      { length: Math.min(ROWS_A_STATEMENT, devices - first + 1) },
      (_, n) => first + n,
    );
    const insert = (table: string, columns: string, rows: unknown[][]) =>
      connection.query(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);
    await insert(
      'devices',
      'device_id, serial_number, model, source, generation, lane, first_seen_at',
      numbers.map((n) => [n, serialOf(n), `model-${n % 40}`, '/heartbeat', 1, n % 16, at]),
    );
    await insert(
      'device_state',
      `device_id, generation, lane, last_seq, last_seen_at, source, reachability, reachability_reason,
       reachability_since, wan_ip, sw_version, applied_events, duplicate_events, late_events, memory`,
      numbers.map((n) => [
        ...[n, 1, n % 16, 1, at, '/heartbeat', n % 50 === 0 ? 'offline' : 'online', 'reporting', at],
        ...[`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, `fw-${n % 300}`, 1, 0, 0, memory],
      ]),
    );
    await insert(
      'device_inventory',
      'device_id, admin_state, label_set_id, revision',
      numbers.map((n) => [n, 'in_service', (n % LABEL_SETS) + 1, 1]),
    );
    await insert(
      'inventory_boxes',
      'box_id, serial_number, label_set_id, revision',
      numbers.map((n) => [n, serialOf(n), (n % LABEL_SETS) + 1, 1]),
    );
    await insert(
      'inventory_keys',
      'kind, value, box_id',
      numbers.map((n) => ['mac', macOf(n), n]),
    );
  }
  return { serialOf, macOf, region: 'region-0' };
}
