import { reportInForce, type DeviceRecord, type Report } from '@cpemon/domain';

/**
 * Values that have a column of their own, in the order of their bits in a report's mask (device-memory.ts): new ones
 * are added at the end. `devices` holds what hardly ever changes, `device_state` the rest.
 */
export const VALUE_COLUMNS = [
  { name: 'wan_ip', kind: 'attributes', table: 'device_state' },
  { name: 'sw_version', kind: 'attributes', table: 'device_state' },
  { name: 'cpu_used_ratio', kind: 'metrics', table: 'device_state' },
  { name: 'memory_used_ratio', kind: 'metrics', table: 'device_state' },
  { name: 'uptime_seconds', kind: 'metrics', table: 'device_state' },
  { name: 'temperature_celsius', kind: 'metrics', table: 'device_state' },
  { name: 'rx_power_dbm', kind: 'metrics', table: 'device_state' },
  { name: 'manufacturer', kind: 'attributes', table: 'devices' },
  { name: 'model', kind: 'attributes', table: 'devices' },
] as const;

export type ColumnName = (typeof VALUE_COLUMNS)[number]['name'];

/** Bit of each column by name, apart for attributes and metrics: a metric may be called as an attribute is. */
export const ATTRIBUTE_BITS = bitsOf('attributes');
export const METRIC_BITS = bitsOf('metrics');

function bitsOf(kind: 'attributes' | 'metrics'): ReadonlyMap<string, number> {
  return new Map(
    VALUE_COLUMNS.flatMap((column, index) =>
      column.kind === kind ? [[column.name, 1 << index] as const] : [],
    ),
  );
}

/** The current values of a device that have columns, in the order of VALUE_COLUMNS. */
export interface ColumnValues {
  values: (string | number | null)[];
  /** The report that each value is from; null when the device has one report only, which they are all from. */
  reports: (Report | null)[] | null;
}

export function columnValues(record: DeviceRecord): ColumnValues {
  const { sources } = record;
  const reports = sources.length === 1 ? sources[0]!.reports : [];
  return reports.length === 1 ? { values: valuesOf(reports[0]!), reports: null } : valuesInForce(record);
}

/** By name and not in a loop: this is done for every row that is written. */
function valuesOf({ attributes, metrics }: Report): ColumnValues['values'] {
  return [
    attributes.wan_ip ?? null,
    attributes.sw_version ?? null,
    metrics['cpu_used_ratio'] ?? null,
    metrics['memory_used_ratio'] ?? null,
    metrics['uptime_seconds'] ?? null,
    metrics['temperature_celsius'] ?? null,
    metrics['rx_power_dbm'] ?? null,
    attributes.manufacturer ?? null,
    attributes.model ?? null,
  ];
}

function valuesInForce(record: DeviceRecord): ColumnValues {
  const values: ColumnValues['values'] = [];
  const reports: (Report | null)[] = [];
  for (const { name, kind } of VALUE_COLUMNS) {
    const report = reportInForce(record, kind, name)?.report ?? null;
    reports.push(report);
    values.push(report === null ? null : ((report[kind] as Record<string, string | number>)[name] ?? null));
  }
  return { values, reports };
}
