import type { Observation, Observer, ReportData } from '@cpemon/domain';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { ACS_EVENT_PROPERTIES, OBSERVATION_PROPERTIES, REPORT_PROPERTIES } from './report-properties.js';
import { compileSchema } from './schema-validator.js';

type Metrics = NonNullable<ReportData['metrics']>;
type Attributes = NonNullable<ReportData['attributes']>;

/**
 * Where the value of a known field goes. Each has a function of its own to put it there: a store with the name written
 * out costs a fraction of one that looks the name up, and there are a dozen in every event.
 */
type Target =
  | { to: 'serial number' | 'time' | 'interval' | 'oui' | 'product class' | 'event' | 'event codes' }
  | { to: 'attribute'; put: (attributes: Attributes, value: string) => void }
  | { to: 'metric'; put: (metrics: Metrics, value: number) => void }
  | { to: 'observation'; put: (observation: Observation, value: string) => void };

export type ReportField = Target & { isRight: ValidateFunction };

const metric = (put: (metrics: Metrics, value: number) => void): Target => ({ to: 'metric', put });
const attribute = (put: (attributes: Attributes, value: string) => void): Target => ({
  to: 'attribute',
  put,
});

/** Per cent as a ratio, free of the noise of binary division (48.2 / 100 is 0.48200000000000004). */
const ratioOf = (perCent: number): number => Math.round(perCent * 1e7) / 1e9;

const REPORT_TARGETS: Record<keyof typeof REPORT_PROPERTIES, Target> = {
  sn: { to: 'serial number' },
  ts: { to: 'time' },
  last_seen: { to: 'time' },
  interval_seconds: { to: 'interval' },
  oui: { to: 'oui' },
  product_class: { to: 'product class' },
  wan_ip: attribute((to, value) => (to.wan_ip = value)),
  sw_version: attribute((to, value) => (to.sw_version = value)),
  hw_version: attribute((to, value) => (to.hw_version = value)),
  manufacturer: attribute((to, value) => (to.manufacturer = value)),
  model: attribute((to, value) => (to.model = value)),
  cpu_pct: metric((to, perCent) => (to['cpu_used_ratio'] = ratioOf(perCent))),
  mem_pct: metric((to, perCent) => (to['memory_used_ratio'] = ratioOf(perCent))),
  cpu_used_ratio: metric((to, value) => (to['cpu_used_ratio'] = value)),
  memory_used_ratio: metric((to, value) => (to['memory_used_ratio'] = value)),
  uptime_seconds: metric((to, value) => (to['uptime_seconds'] = value)),
  temperature_celsius: metric((to, value) => (to['temperature_celsius'] = value)),
  rx_power_dbm: metric((to, value) => (to['rx_power_dbm'] = value)),
  tx_power_dbm: metric((to, value) => (to['tx_power_dbm'] = value)),
  wifi_clients: metric((to, value) => (to['wifi_clients'] = value)),
  wan_rx_bytes: metric((to, value) => (to['wan_rx_bytes'] = value)),
  wan_tx_bytes: metric((to, value) => (to['wan_tx_bytes'] = value)),
};

const ACS_EVENT_TARGETS: Record<keyof typeof ACS_EVENT_PROPERTIES, Target> = {
  event_ts: { to: 'time' },
  event: { to: 'event' },
  event_codes: { to: 'event codes' },
};

const observed = (put: (observation: Observation, value: string) => void): Target => ({
  to: 'observation',
  put,
});

const OBSERVATION_TARGETS: Record<keyof typeof OBSERVATION_PROPERTIES, Target> = {
  observer: observed((to, value) => (to.observer = value as Observer)),
  observed: observed((to, value) => (to.observed = value)),
  state: observed((to, value) => (to.state = value as 'raised' | 'cleared')),
  text: observed((to, value) => (to.text = value)),
  olt_rx_power_dbm: metric((to, value) => (to['olt_rx_power_dbm'] = value)),
  downstream_power_dbmv: metric((to, value) => (to['downstream_power_dbmv'] = value)),
  downstream_snr_db: metric((to, value) => (to['downstream_snr_db'] = value)),
  upstream_power_dbmv: metric((to, value) => (to['upstream_power_dbmv'] = value)),
  upstream_snr_db: metric((to, value) => (to['upstream_snr_db'] = value)),
  line_length_meters: metric((to, value) => (to['line_length_meters'] = value)),
};

/** The known fields of a message by their name on the wire, each with the check of its own value. */
export type ReportFields = ReadonlyMap<string, ReportField>;

function fieldsOf(
  targets: Record<string, Target>,
  properties: Record<string, object>,
): [string, ReportField][] {
  return Object.entries(targets).map(([name, target]) => [
    name,
    { ...target, isRight: compileSchema(properties[name] ?? {}) },
  ]);
}

const reportFields = fieldsOf(REPORT_TARGETS, REPORT_PROPERTIES);

export const HEARTBEAT_FIELDS: ReportFields = new Map(reportFields);
export const ACS_EVENT_FIELDS: ReportFields = new Map([
  ...reportFields,
  ...fieldsOf(ACS_EVENT_TARGETS, ACS_EVENT_PROPERTIES),
]);
export const OBSERVATION_FIELDS: ReportFields = new Map([
  ...reportFields,
  ...fieldsOf(OBSERVATION_TARGETS, OBSERVATION_PROPERTIES),
]);
