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

/** The current values of a device that have columns, and the report that each is from. */
export interface ColumnValues {
  values: (string | number | null)[];
  reports: (Report | null)[];
}

export function columnValues(record: DeviceRecord): ColumnValues {
  const [source] = record.sources;
  const [only] = source === undefined ? [] : source.reports;
  return only !== undefined && source!.reports.length === 1 && record.sources.length === 1
    ? valuesOf(only)
    : valuesInForce(record);
}

/** The usual case: the device's newest report names all that is known of it. */
function valuesOf(report: Report): ColumnValues {
  const { attributes, metrics } = report;
  const values = [
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
  return { values, reports: values.map((value) => (value === null ? null : report)) };
}

function valuesInForce(record: DeviceRecord): ColumnValues {
  const found = VALUE_COLUMNS.map(({ name, kind }) => ({
    name,
    kind,
    report: reportInForce(record, kind, name)?.report,
  }));
  return {
    values: found.map(({ name, kind, report }) =>
      report === undefined ? null : ((report[kind] as Record<string, string | number>)[name] ?? null),
    ),
    reports: found.map(({ report }) => report ?? null),
  };
}
