/** What a metric can be, in our unit. A number outside is a fault of the sender or of the mapping, and is dropped. */
export interface MetricLimits {
  minimum: number;
  maximum: number;
}

/** 2^64: byte counters of devices are 64 bits wide at most. */
const LARGEST_COUNTER = 2 ** 64;
const UNSIGNED_32 = 4_294_967_295;

const BY_NAME: Record<string, MetricLimits> = {
  // No CPE has more memory than 32 GiB; what looks like more is bytes taken for KiB.
  memory_total_bytes: { minimum: 1, maximum: 32 * 2 ** 30 },
  // An optical receiver or laser; 10 dBm is above any that is built into a CPE.
  rx_power_dbm: { minimum: -40, maximum: 10 },
  tx_power_dbm: { minimum: -40, maximum: 10 },
};

/** By the ending of the name, which is its unit. */
const BY_UNIT: Record<string, MetricLimits> = {
  ratio: { minimum: 0, maximum: 1 },
  seconds: { minimum: 0, maximum: UNSIGNED_32 },
  bytes: { minimum: 0, maximum: LARGEST_COUNTER },
  celsius: { minimum: -60, maximum: 200 },
  dbm: { minimum: -200, maximum: 60 },
  db: { minimum: -100, maximum: 200 },
  bps: { minimum: 0, maximum: 1e12 },
  volts: { minimum: 0, maximum: 60 },
  amperes: { minimum: 0, maximum: 10 },
};

const COUNTS: MetricLimits = { minimum: 0, maximum: LARGEST_COUNTER };

/** @param metric a name that ends in its unit; of a count the thing counted ("wifi_clients") */
export function limitsOf(metric: string): MetricLimits {
  return BY_NAME[metric] ?? BY_UNIT[metric.slice(metric.lastIndexOf('_') + 1)] ?? COUNTS;
}

/** Metrics of an optical transceiver, for which 0 and anything at or below -40 dBm is how devices say "no reading". */
export const isOpticalPower = (metric: string): boolean =>
  metric === 'rx_power_dbm' || metric === 'tx_power_dbm';
export const NO_LIGHT_DBM = -40;
