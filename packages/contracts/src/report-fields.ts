import type { AttributeName } from '@cpemon/domain';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { ACS_EVENT_PROPERTIES, REPORT_PROPERTIES } from './report-properties.js';
import { compileSchema } from './schema-validator.js';

/** Where the value of a known field goes. */
type Target =
  | { to: 'serial number' | 'time' | 'interval' | 'oui' | 'product class' | 'event' | 'event codes' }
  | { to: 'attribute'; name: AttributeName }
  | { to: 'metric'; name: string; perCent: boolean };

export type ReportField = Target & { isRight: ValidateFunction };

const metric = (name: string, perCent = false): Target => ({ to: 'metric', name, perCent });
const attribute = (name: AttributeName): Target => ({ to: 'attribute', name });

const REPORT_TARGETS: Record<keyof typeof REPORT_PROPERTIES, Target> = {
  sn: { to: 'serial number' },
  ts: { to: 'time' },
  last_seen: { to: 'time' },
  interval_seconds: { to: 'interval' },
  oui: { to: 'oui' },
  product_class: { to: 'product class' },
  wan_ip: attribute('wan_ip'),
  sw_version: attribute('sw_version'),
  hw_version: attribute('hw_version'),
  manufacturer: attribute('manufacturer'),
  model: attribute('model'),
  cpu_pct: metric('cpu_used_ratio', true),
  mem_pct: metric('memory_used_ratio', true),
  cpu_used_ratio: metric('cpu_used_ratio'),
  memory_used_ratio: metric('memory_used_ratio'),
  uptime_seconds: metric('uptime_seconds'),
  temperature_celsius: metric('temperature_celsius'),
  rx_power_dbm: metric('rx_power_dbm'),
  tx_power_dbm: metric('tx_power_dbm'),
  wifi_clients: metric('wifi_clients'),
  wan_rx_bytes: metric('wan_rx_bytes'),
  wan_tx_bytes: metric('wan_tx_bytes'),
};

const ACS_EVENT_TARGETS: Record<keyof typeof ACS_EVENT_PROPERTIES, Target> = {
  event_ts: { to: 'time' },
  event: { to: 'event' },
  event_codes: { to: 'event codes' },
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
