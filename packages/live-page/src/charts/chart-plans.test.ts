import { chartsOf } from './chart-plans.js';
import { partMs, readRange, refreshMs, spanOf } from './chart-ranges.js';

test('a device has the charts of what it tells', () => {
  const charts = chartsOf([
    'rx_power_dbm',
    'cpu_used_ratio',
    'memory_used_ratio',
    'wan_rx_bytes',
    'hosts_unheard_of',
  ]);
  expect(charts.map(({ name, lines }) => [name, lines.map(({ metric }) => metric)])).toEqual([
    ['optical', ['rx_power_dbm']],
    ['load', ['cpu_used_ratio', 'memory_used_ratio']],
    ['traffic', ['wan_rx_bytes']],
  ]);
});

test('a range that nobody offers is a day', () => {
  expect([readRange('7d'), readRange('10y'), readRange(null)]).toEqual(['7d', '24h', '24h']);
});

test('a chart is drawn anew no more often than a point of it is long', () => {
  expect(refreshMs('1h')).toBe(15_000);
  expect(refreshMs('30d')).toBe(partMs('30d'));
  expect(spanOf('1h', 3_600_000)).toEqual({ from: 0, to: 3_600_000 });
});
