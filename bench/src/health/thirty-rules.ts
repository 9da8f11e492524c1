/**
 * Thirty rules, each on a metric that the benchmarks' heartbeat has, and hardly ever met: what rules cost a fleet that is
 * well. Two compare with devices' own past, one with other firmwares, one with the reading before.
 */
export function thirtyRules(): object {
  const plain = (metric: string, bounds: readonly object[]): object[] =>
    bounds.map((bound, n) => ({
      name: `${metric.replaceAll('_', '-')}-${n + 1}`,
      ...{ metric, ...bound, for: '30m', reports: 3, severity: n % 2 === 0 ? 'warning' : 'critical' },
      text: '{metric} is {value}',
    }));
  const ruleOf = (name: string, rule: object): object => ({
    ...{ name, for: '1h', reports: 3, severity: 'warning', text: '{value}, {measure} from {usual}' },
    ...rule,
  });
  return {
    rules: [
      ...plain('rx_power_dbm', [{ below: -25 }, { below: -27 }, { above: -8 }, { below: -30 }]),
      ...plain('tx_power_dbm', [{ below: -3 }, { above: 8 }, { above: 9 }]),
      ...plain('temperature_celsius', [{ above: 70 }, { above: 85 }, { below: -10 }]),
      ...plain('cpu_used_ratio', [{ above: 0.995 }, { above: 0.999 }]),
      ...plain('memory_used_ratio', [{ above: 0.9 }, { above: 0.95 }, { above: 0.99 }]),
      ...plain('wifi_clients', [{ above: 60 }, { above: 100 }, { above: 200 }]),
      ...plain('uptime_seconds', [{ below: 60 }, { above: 1e9 }, { above: 2e9 }]),
      ...plain('wan_rx_bytes', [{ above: 1e18 }, { above: 2e18 }]),
      ...plain('wan_tx_bytes', [{ above: 1e18 }, { above: 2e18 }]),
      ...plain('internet_up_connections', [{ below: 1 }]),
      ruleOf('optics-fallen', { metric: 'rx_power_dbm', compare: 'own_median', at_most: -2 }),
      ruleOf('laser-fallen', { metric: 'tx_power_dbm', compare: 'own_median_percent', at_most: -40 }),
      ruleOf('hotter', { metric: 'temperature_celsius', compare: 'other_firmware', above: 15 }),
      ruleOf('traffic', { metric: 'wan_rx_bytes', compare: 'per_hour', above: 1e15 }),
    ],
  };
}
