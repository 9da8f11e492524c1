/** Metrics that devices and observers send in our names: those of the built-in device models, heartbeats and observations. */
export const KNOWN_METRICS: ReadonlySet<string> = new Set([
  ...['uptime_seconds', 'cpu_used_ratio', 'memory_used_ratio', 'memory_total_bytes', 'temperature_celsius'],
  ...['rx_power_dbm', 'tx_power_dbm', 'bias_current_amperes', 'supply_voltage_volts'],
  ...['transceiver_temperature_celsius', 'olt_rx_power_dbm'],
  ...['dsl_downstream_rate_bps', 'dsl_upstream_rate_bps'],
  ...['dsl_downstream_max_rate_bps', 'dsl_upstream_max_rate_bps'],
  ...['dsl_downstream_noise_margin_db', 'dsl_upstream_noise_margin_db'],
  ...['dsl_downstream_attenuation_db', 'dsl_upstream_attenuation_db'],
  ...['dsl_crc_errors', 'dsl_fec_errors', 'dsl_errored_seconds', 'dsl_severely_errored_seconds'],
  'dsl_showtime_seconds',
  ...['downstream_power_dbmv', 'upstream_power_dbmv', 'downstream_snr_db', 'upstream_snr_db'],
  ...['cellular_rsrp_dbm', 'cellular_rsrq_db'],
  ...['wifi_clients', 'wifi_signal_median_dbm', 'wifi_signal_worst_dbm', 'hosts'],
  ...['internet_up_connections', 'wan_uptime_seconds', 'wan_rx_bytes', 'wan_tx_bytes'],
]);

/** Parts of a device that have one role whatever their instance numbers are, and what is read of them. */
export const ROLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'wan{service=internet}': {
    up_connections: 'internet_up_connections',
    uptime: 'wan_uptime_seconds',
    rx_bytes: 'wan_rx_bytes',
    tx_bytes: 'wan_tx_bytes',
  },
  optics: {
    rx_power: 'rx_power_dbm',
    tx_power: 'tx_power_dbm',
    bias_current: 'bias_current_amperes',
    temperature: 'transceiver_temperature_celsius',
  },
  'dsl{direction=downstream}': {
    rate: 'dsl_downstream_rate_bps',
    max_rate: 'dsl_downstream_max_rate_bps',
    noise_margin: 'dsl_downstream_noise_margin_db',
    attenuation: 'dsl_downstream_attenuation_db',
  },
  'dsl{direction=upstream}': {
    rate: 'dsl_upstream_rate_bps',
    max_rate: 'dsl_upstream_max_rate_bps',
    noise_margin: 'dsl_upstream_noise_margin_db',
    attenuation: 'dsl_upstream_attenuation_db',
  },
  cellular: { rsrp: 'cellular_rsrp_dbm', rsrq: 'cellular_rsrq_db' },
};

/** Metrics that have a column and so a mean over the fleet, which rules about firmwares compare with. */
export const METRICS_OF_FIRMWARES: readonly string[] = [
  ...['cpu_used_ratio', 'memory_used_ratio', 'temperature_celsius', 'rx_power_dbm'],
];

/** Whether a metric only grows until it starts anew: a lower reading says nothing about its growth. */
export const isCounter = (metric: string): boolean => /_(?:bytes|packets|errors|seconds)$/.test(metric);
