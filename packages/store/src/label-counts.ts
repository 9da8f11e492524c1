import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { REACHABILITIES, type AdminState, type Reachability } from '@cpemon/domain';
import type { FleetCounts } from './fleet-summary.js';
import { labelsOfSets } from './label-sets.js';

/** By how much the number of a lane's devices with a label in a state changes. */
export interface LabelCountDelta {
  lane: number;
  label: string;
  value: string;
  reachability: Reachability;
  devices: number;
}

/** What a device is counted by. */
export interface DeviceGroup {
  reachability: Reachability;
  model: string | null;
  firmware: string | null;
  adminState: AdminState;
  /** A row of label_sets; 0 for none. */
  labelSetId: number;
}

const ROWS_A_STATEMENT = 5000;

/** Sums changes of the kept counts of one lane. */
export class LabelCountChanges {
  readonly #devices = new Map<string, number>();

  constructor(
    readonly lane: number,
    readonly labelsOf: (labelSetId: number) => readonly (readonly [name: string, value: string])[],
  ) {}

  /** @param devices how many devices more, or less, of that group */
  add(group: DeviceGroup, devices: number): void {
    const { reachability, adminState } = group;
    this.#move('admin_state', adminState, reachability, devices);
    // Others stand for nobody's service: they are in no share.
    if (adminState !== 'in_service') return;
    this.#move('model', group.model ?? '', reachability, devices);
    this.#move('firmware', group.firmware ?? '', reachability, devices);
    if (group.labelSetId === 0) return;
    for (const [name, value] of this.labelsOf(group.labelSetId))
      this.#move(name, value, reachability, devices);
  }

  /** A kept count, to be taken away from what was added. */
  subtract({ label, value, reachability, devices }: Omit<LabelCountDelta, 'lane'>): void {
    this.#move(label, value, reachability, -devices);
  }

  #move(label: string, value: string, reachability: Reachability, devices: number): void {
    const key = `${label}\n${reachability}\n${value}`;
    this.#devices.set(key, (this.#devices.get(key) ?? 0) + devices);
  }

  /** Those that are not nothing, in the order of the table's key. */
  deltas(): LabelCountDelta[] {
    const deltas: LabelCountDelta[] = [];
    for (const [key, devices] of this.#devices) {
      if (devices === 0) continue;
      const [label = '', reachability, ...value] = key.split('\n');
      deltas.push({
        lane: this.lane,
        label,
        value: value.join('\n'),
        reachability: reachability as Reachability,
        devices,
      });
    }
    return deltas.sort((a, b) => compare(a.label, b.label) || compare(a.value, b.value));
  }
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Moves the kept counts; a lane's rows are changed by its owner only. */
export async function moveLabelCounts(
  transaction: Connection,
  deltas: readonly LabelCountDelta[],
): Promise<void> {
  for (let first = 0; first < deltas.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `
INSERT INTO fleet_label_counts (lane, label, value, reachability, devices) VALUES ?
ON DUPLICATE KEY UPDATE devices = devices + VALUES(devices)`,
      [
        deltas
          .slice(first, first + ROWS_A_STATEMENT)
          .map(({ lane, label, value, reachability, devices }) => [
            lane,
            label,
            value,
            reachability,
            devices,
          ]),
      ],
    );
  }
}

/** Values of one label that an answer names; those with the most devices. */
export const MOST_LABEL_VALUES = 10_000;

/** Devices by value of a label and reachability, the most numerous values first. */
export async function readLabelCounts(
  connection: Connection,
  label: string,
): Promise<{ value: string; counts: FleetCounts }[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT value,
       CAST(SUM(devices * (reachability = 'unknown')) AS SIGNED) AS \`unknown\`,
       CAST(SUM(devices * (reachability = 'online')) AS SIGNED) AS online,
       CAST(SUM(devices * (reachability = 'stale')) AS SIGNED) AS stale,
       CAST(SUM(devices * (reachability = 'offline')) AS SIGNED) AS offline
  FROM fleet_label_counts
 WHERE label = ? AND devices <> 0
 GROUP BY value
 ORDER BY SUM(devices) DESC, value
 LIMIT ?`,
    [label, MOST_LABEL_VALUES],
  );
  return rows.map((row) => ({
    value: row['value'] as string,
    counts: Object.fromEntries(REACHABILITIES.map((each) => [each, Number(row[each])])) as FleetCounts,
  }));
}

/** Labels that some device has. */
export async function listCountedLabels(connection: Connection): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT DISTINCT label FROM fleet_label_counts ORDER BY label',
  );
  return rows.map((row) => row['label'] as string);
}

/**
 * Counts the devices of a lane by their labels and puts the kept counts right. Only within a state transaction of the
 * lane's owner.
 * @returns what was off, as it was added
 */
export async function recountLabels(transaction: Connection, lane: number): Promise<LabelCountDelta[]> {
  const [groups] = await transaction.query<RowDataPacket[]>(
    `
SELECT s.reachability, d.model, s.sw_version AS firmware, i.admin_state AS adminState, i.label_set_id AS labelSetId,
       COUNT(*) AS devices
  FROM devices AS d
  JOIN device_state AS s ON s.device_id = d.device_id
  LEFT JOIN device_inventory AS i ON i.device_id = d.device_id
 WHERE d.lane = ?
 GROUP BY s.reachability, d.model, s.sw_version, i.admin_state, i.label_set_id`,
    [lane],
  );
  const ids = new Set(groups.map((row) => (row['labelSetId'] as number | null) ?? 0));
  const labels = await labelsOfSets(transaction, [...ids]);
  const changes = new LabelCountChanges(lane, (id) => labels.get(id) ?? []);
  for (const row of groups) {
    changes.add(
      {
        reachability: row['reachability'] as Reachability,
        model: row['model'] as string | null,
        firmware: row['firmware'] as string | null,
        adminState: (row['adminState'] as AdminState | null) ?? 'in_service',
        labelSetId: (row['labelSetId'] as number | null) ?? 0,
      },
      Number(row['devices']),
    );
  }
  const [kept] = await transaction.query<RowDataPacket[]>(
    'SELECT label, value, reachability, devices FROM fleet_label_counts WHERE lane = ?',
    [lane],
  );
  for (const row of kept) {
    changes.subtract({
      label: row['label'] as string,
      value: row['value'] as string,
      reachability: row['reachability'] as Reachability,
      devices: Number(row['devices']),
    });
  }
  const drift = changes.deltas();
  await moveLabelCounts(transaction, drift);
  await transaction.query<ResultSetHeader>('DELETE FROM fleet_label_counts WHERE lane = ? AND devices = 0', [
    lane,
  ]);
  return drift;
}

/** Removes the kept counts of lanes that there are no more. */
export async function forgetLabelCounts(transaction: Connection, lanes: number): Promise<void> {
  await transaction.query('DELETE FROM fleet_label_counts WHERE lane >= ?', [lanes]);
}
