import { formatDuration, NOTHING } from '../words/format.js';

/** A metric of a device in words, and its readings as people write them. */

/** Words for metrics; what is not here is called by its name. */
const LABELS: Readonly<Record<string, string>> = {
  uptime_seconds: 'Uptime',
  cpu_used_ratio: 'Processor',
  memory_used_ratio: 'Memory',
  memory_total_bytes: 'Memory in all',
  temperature_celsius: 'Temperature',
  rx_power_dbm: 'Optical power received',
  tx_power_dbm: 'Optical power sent',
  olt_rx_power_dbm: 'Received at the OLT',
  bias_current_amperes: 'Laser bias current',
  supply_voltage_volts: 'Transceiver voltage',
  transceiver_temperature_celsius: 'Transceiver temperature',
  dsl_downstream_rate_bps: 'DSL rate down',
  dsl_upstream_rate_bps: 'DSL rate up',
  dsl_downstream_max_rate_bps: 'DSL attainable down',
  dsl_upstream_max_rate_bps: 'DSL attainable up',
  dsl_downstream_noise_margin_db: 'Noise margin down',
  dsl_upstream_noise_margin_db: 'Noise margin up',
  dsl_downstream_attenuation_db: 'Attenuation down',
  dsl_upstream_attenuation_db: 'Attenuation up',
  dsl_crc_errors: 'CRC errors',
  dsl_fec_errors: 'FEC errors',
  dsl_errored_seconds: 'Errored seconds',
  dsl_severely_errored_seconds: 'Severely errored seconds',
  dsl_showtime_seconds: 'In sync for',
  downstream_power_dbmv: 'Power down',
  upstream_power_dbmv: 'Power up',
  downstream_snr_db: 'SNR down',
  upstream_snr_db: 'SNR up',
  cellular_rsrp_dbm: 'RSRP',
  cellular_rsrq_db: 'RSRQ',
  wifi_clients: 'Wi-Fi stations',
  wifi_signal_median_dbm: 'Wi-Fi signal, median',
  wifi_signal_worst_dbm: 'Wi-Fi signal, worst',
  hosts: 'Hosts in the LAN',
  internet_up_connections: 'Internet connections up',
  wan_uptime_seconds: 'Connected for',
  wan_rx_bytes: 'Received since the start',
  wan_tx_bytes: 'Sent since the start',
};

export const metricLabel = (metric: string): string =>
  (Object.hasOwn(LABELS, metric) ? LABELS[metric] : undefined) ?? metric.replaceAll('_', ' ');

/** A unit as it is drawn, and what a reading is multiplied with to be in it. */
export interface DrawnUnit {
  unit: string;
  factor: number;
}

/** @param unit as the API says it; `dBmV` has no word of its own there */
export function drawnUnit(metric: string, unit: string): DrawnUnit {
  if (unit === 'ratio') return { unit: '%', factor: 100 };
  if (unit === 'bytes/s') return { unit: 'bit/s', factor: 8 };
  if (/_dbmv$/.test(metric)) return { unit: 'dBmV', factor: 1 };
  return { unit: unit === 'count' ? '' : unit, factor: 1 };
}

/** A reading in the unit of the API, as people write it: "−21.3 dBm", "97 %", "3 d 4 h". */
export function readingText(metric: string, value: number | null, unit: string): string {
  if (value === null) return 'no reading';
  const drawn = drawnUnit(metric, unit);
  return drawnText(value * drawn.factor, drawn.unit);
}

/** @param value in the drawn unit */
export function drawnText(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'no reading';
  if (unit === 's') return formatDuration(value) ?? NOTHING;
  if (unit === 'bytes') return scaled(value, 'B');
  if (unit === 'bit/s') return scaled(value, 'bit/s');
  if (unit === '%') return `${rounded(value, value < 10 ? 1 : 0)} %`;
  return unit === '' ? rounded(value, 1) : `${rounded(value, unit === 'A' ? 4 : 1)} ${unit}`;
}

const STEPS = ['', 'k', 'M', 'G', 'T', 'P'] as const;

function scaled(value: number, unit: string): string {
  let step = 0;
  let left = value;
  while (Math.abs(left) >= 1000 && step < STEPS.length - 1) {
    left /= 1000;
    step += 1;
  }
  return `${rounded(left, Math.abs(left) < 10 && step > 0 ? 1 : 0)} ${STEPS[step]!}${unit}`;
}

/** With a minus sign that is as wide as a plus. */
function rounded(value: number, digits: number): string {
  const text = String(Number(value.toFixed(digits)));
  return text === '-0' ? '0' : text.replace('-', '−');
}

const ORDER: readonly string[] = Object.keys(LABELS);

/** Where a metric stands among others; those without words come last. */
export function metricRank(metric: string): number {
  const rank = ORDER.indexOf(metric);
  return rank < 0 ? ORDER.length : rank;
}

const UNITS_OF_ENDS: Readonly<Record<string, string>> = {
  ...{ dbm: 'dBm', db: 'dB', ratio: 'ratio', celsius: '°C', seconds: 's', bytes: 'bytes', bps: 'bit/s' },
  ...{ volts: 'V', amperes: 'A' },
};

/** The unit that the API gives a metric by the end of its name, for one that the device does not tell at the moment. */
export const unitOfMetric = (metric: string): string =>
  UNITS_OF_ENDS[metric.slice(metric.lastIndexOf('_') + 1)] ?? 'count';
