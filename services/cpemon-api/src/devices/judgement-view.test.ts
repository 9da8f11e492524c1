import type { WholeDevice } from '@cpemon/store';
import { judgementView } from './judgement-view.js';

const AT = Date.parse('2026-11-21T12:00:00.000Z');
const report = {
  ...{ orderAt: AT, deviceTime: null, rankAt: AT, sequence: 1 },
  ...{ attributes: { model: 'EG8145V5' }, metrics: { rx_power_dbm: -24, cpu_used_ratio: 0.97 } },
};
const device = {
  sources: [{ source: '/heartbeat', reports: [report] }],
  baselines: [
    ...[{ metric: 'rx_power_dbm', day: 1, hour: 1, sum: 0, count: 0, days: [-21, -21, -20], usual: -21 }],
    ...[{ metric: 'dsl_downstream_rate_bps', day: 1, hour: 1, sum: 0, count: 0, days: [1], usual: null }],
  ],
  found: [
    {
      ...{ rule: 'fallen', severity: 'warning', since: AT, openedAt: AT, reports: 3, lastAt: AT },
      ...{ overSince: null, value: -24, text: 'x' },
    },
    {
      ...{ rule: 'cpu-busy', severity: 'warning', since: AT, openedAt: null, reports: 1, lastAt: AT },
      ...{ overSince: null, value: 0.97, text: '' },
    },
  ],
  labelSetId: 1,
} as unknown as WholeDevice;

const CONTENT = `
rules:
  - { name: fallen, metric: rx_power_dbm, compare: own_median, at_most: -2, for: 1h, severity: warning, text: a }
  - { name: weak, metric: rx_power_dbm, below: -25, for: 30m, reports: 3, severity: critical, text: b }
  - { name: slow, metric: dsl_downstream_rate_bps, compare: own_median_percent, at_most: -20, for: 1h, severity: warning, text: c }
  - { name: cpu-busy, metric: cpu_used_ratio, above: 0.95, for: 30m, severity: warning, text: d }
  - { name: gold, metric: rx_power_dbm, below: -20, for: 1h, severity: warning, text: e, scope: { labels: { tier: [gold] } } }
  - { name: other, metric: rx_power_dbm, below: -20, for: 1h, severity: warning, text: f, scope: { model: [F670L] } }
`;
const inForce = { version: 'v1', loadedAt: AT, content: CONTENT };

test('bounds are in the unit of the metric, those on what is usual included, and each rule says how it stands', () => {
  const { rules, usual, rule_set: ruleSet } = judgementView(device, { tier: 'silver' }, inForce, AT);
  expect(rules.map(({ rule, above, below, state }) => [rule, above, below, state])).toEqual([
    ['fallen', null, -23, 'open'],
    ['weak', null, -25, 'clear'],
    ['slow', null, null, 'no_reading'],
    ['cpu-busy', 0.95, null, 'met'],
  ]);
  expect(rules[1]).toMatchObject({ for_seconds: 1800, reports: 3, since: null });
  expect(usual).toEqual({ rx_power_dbm: { value: -21, days: 3 } });
  expect(ruleSet).toEqual({ version: 'v1', loaded_at: '2026-11-21T12:00:00.000Z' });
});

test('a rule for a label is there for devices with the label', () => {
  const { rules } = judgementView(device, { tier: 'gold' }, inForce, AT);
  expect(rules.map(({ rule }) => rule)).toContain('gold');
});

test('without rules, and with rules of a newer release, nothing is judged', () => {
  expect(judgementView(device, {}, null, AT)).toMatchObject({ rules: [], rule_set: null });
  const newer = { version: 'v2', loadedAt: AT, content: 'rules: [{ name: x, shape: new }]' };
  expect(judgementView(device, {}, newer, AT).rules).toEqual([]);
});
