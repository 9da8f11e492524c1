import type { ByteSink } from './byte-sink.js';
import type { ByteSource } from './byte-source.js';
import { CorruptHistoryError } from './corrupt-history-error.js';

/**
 * Names that most stored history uses, each written as one byte. Only ever added to at the end: the place is what is
 * stored. Any other name is written out.
 */
export const KNOWN_NAMES = [
  '',
  '/heartbeat',
  '/telemetry',
  '/webhook',
  '/cwmp',
  '/mirror',
  '/bulkdata',
  '/events',
  'cpu_used_ratio',
  'memory_used_ratio',
  'memory_total_bytes',
  'uptime_seconds',
  'temperature_celsius',
  'rx_power_dbm',
  'tx_power_dbm',
  'wifi_clients',
  'wan_rx_bytes',
  'wan_tx_bytes',
  'rx_bytes',
  'tx_bytes',
  'wan_rx_packets',
  'wan_tx_packets',
  'rx_errors',
  'tx_errors',
  'bias_current_amperes',
  'supply_voltage_volts',
  'snr_db',
  'noise_margin_db',
  'dsl_downstream_rate_bps',
  'dsl_upstream_rate_bps',
  'dsl_downstream_max_rate_bps',
  'dsl_upstream_max_rate_bps',
  'dsl_downstream_noise_margin_db',
  'dsl_upstream_noise_margin_db',
  'dsl_downstream_attenuation_db',
  'dsl_upstream_attenuation_db',
  'dsl_crc_errors',
  'dsl_fec_errors',
  'dsl_errored_seconds',
  'dsl_severely_errored_seconds',
  'dsl_showtime_seconds',
  'cellular_rsrp_dbm',
  'cellular_rsrq_db',
  'cellular_sinr_db',
] as const;

const NUMBERS: ReadonlyMap<string, number> = new Map(KNOWN_NAMES.map((name, index) => [name, index + 1]));

export function writeName(out: ByteSink, name: string): void {
  const number = NUMBERS.get(name) ?? 0;
  out.uint(number);
  if (number === 0) out.text(name);
}

export function readName(from: ByteSource): string {
  const number = from.uint();
  if (number === 0) return from.text();
  const name = KNOWN_NAMES[number - 1];
  if (name === undefined)
    throw new CorruptHistoryError(`history names something that this version does not know: ${number}`);
  return name;
}
