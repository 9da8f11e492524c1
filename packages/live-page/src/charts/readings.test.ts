import { drawnUnit, metricLabel, readingText } from './readings.js';

test.each([
  ['rx_power_dbm', -21.34, 'dBm', '−21.3 dBm'],
  ['rx_power_dbm', -0.04, 'dBm', '0 dBm'],
  ['cpu_used_ratio', 0.974, 'ratio', '97 %'],
  ['memory_used_ratio', 0.034, 'ratio', '3.4 %'],
  ['uptime_seconds', 273_600, 's', '3 d 4 h'],
  ['wan_rx_bytes', 1_234_567_890, 'bytes', '1.2 GB'],
  ['wan_rx_bytes', 125_000, 'bytes/s', '1 Mbit/s'],
  ['dsl_downstream_rate_bps', 99_500_000, 'bit/s', '100 Mbit/s'],
  ['downstream_power_dbmv', 3.25, 'count', '3.3 dBmV'],
  ['bias_current_amperes', 0.0123, 'A', '0.0123 A'],
  ['hosts', 7, 'count', '7'],
  ['rx_power_dbm', null, 'dBm', 'no reading'],
])('%s of %s %s is "%s"', (metric, value, unit, text) => {
  expect(readingText(metric, value, unit)).toBe(text);
});

test('a metric of a mapping of somebody else is called by its name', () => {
  expect([metricLabel('hosts'), metricLabel('fan_speed_rpm')]).toEqual(['Hosts in the LAN', 'fan speed rpm']);
});

test('a growth of bytes is drawn in bits', () => {
  expect(drawnUnit('wan_rx_bytes', 'bytes/s')).toEqual({ unit: 'bit/s', factor: 8 });
});
