const UNITS: Readonly<Record<string, string>> = {
  dbm: 'dBm',
  db: 'dB',
  ratio: 'ratio',
  celsius: '°C',
  seconds: 's',
  bytes: 'bytes',
  bps: 'bit/s',
  volts: 'V',
  amperes: 'A',
};

/** The unit that the end of a metric's name says; a count without one ("wifi_clients") is 'count'. */
export function unitOfMetric(metric: string): string {
  const name = metric.replace(/\{.*\}$/, '');
  return UNITS[name.slice(name.lastIndexOf('_') + 1)] ?? 'count';
}
