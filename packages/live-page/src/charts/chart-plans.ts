/** A line of a chart. */
export interface PlannedLine {
  metric: string;
  label: string;
  /** Growth a second of a counter, in place of the counter. */
  as: 'value' | 'rate';
}

/** A chart of what belongs together and has one unit. */
export interface ChartPlan {
  name: string;
  title: string;
  lines: readonly PlannedLine[];
  /** What the scale shows at least, in the drawn unit: a processor at 3 % is no mountain. */
  atLeast?: readonly [low: number, high: number];
}

const value = (metric: string, label: string): PlannedLine => ({ metric, label, as: 'value' });
const rate = (metric: string, label: string): PlannedLine => ({ metric, label, as: 'rate' });

/** In reading order: the line to the home first, then the box. */
const PLANS: readonly ChartPlan[] = [
  {
    name: 'optical',
    title: 'Optical power received',
    lines: [value('rx_power_dbm', 'Device'), value('olt_rx_power_dbm', 'OLT')],
  },
  { name: 'optical-sent', title: 'Optical power sent', lines: [value('tx_power_dbm', 'Device')] },
  {
    name: 'margin',
    title: 'Noise margin',
    lines: [value('dsl_downstream_noise_margin_db', 'Down'), value('dsl_upstream_noise_margin_db', 'Up')],
    atLeast: [0, 12],
  },
  {
    name: 'dsl-rate',
    title: 'DSL rate',
    lines: [value('dsl_downstream_rate_bps', 'Down'), value('dsl_upstream_rate_bps', 'Up')],
    atLeast: [0, 0],
  },
  {
    name: 'cable-power',
    title: 'Cable power',
    lines: [value('downstream_power_dbmv', 'Down'), value('upstream_power_dbmv', 'Up')],
  },
  {
    name: 'cable-snr',
    title: 'Cable signal to noise',
    lines: [value('downstream_snr_db', 'Down'), value('upstream_snr_db', 'Up')],
  },
  { name: 'cellular', title: 'Cellular signal (RSRP)', lines: [value('cellular_rsrp_dbm', 'RSRP')] },
  {
    name: 'load',
    title: 'Processor and memory',
    lines: [value('cpu_used_ratio', 'Processor'), value('memory_used_ratio', 'Memory')],
    atLeast: [0, 100],
  },
  {
    name: 'temperature',
    title: 'Temperature',
    lines: [value('temperature_celsius', 'Box'), value('transceiver_temperature_celsius', 'Transceiver')],
  },
  {
    name: 'traffic',
    title: 'Traffic',
    lines: [rate('wan_rx_bytes', 'Down'), rate('wan_tx_bytes', 'Up')],
    atLeast: [0, 0],
  },
  {
    name: 'wifi',
    title: 'In the home',
    lines: [value('wifi_clients', 'Wi-Fi stations'), value('hosts', 'Hosts')],
    atLeast: [0, 4],
  },
];

/** Charts of what a device tells, each without the lines that it does not. @param metrics names of its values */
export function chartsOf(metrics: readonly string[]): ChartPlan[] {
  const known = new Set(metrics);
  return PLANS.flatMap((plan) => {
    const lines = plan.lines.filter(({ metric }) => known.has(metric));
    return lines.length === 0 ? [] : [{ ...plan, lines }];
  });
}
