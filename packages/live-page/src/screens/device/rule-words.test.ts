import type { JudgedRule } from '../../charts/chart-view.js';
import { ruleWords } from './rule-words.js';

const rule: JudgedRule = {
  ...{ rule: 'x', metric: 'rx_power_dbm', severity: 'warning', compare: 'value', above: null, below: -25 },
  ...{ for_seconds: 1800, reports: 3, text: '', state: 'clear', since: null },
};

test('a rule is told with its bounds, in the unit of its metric', () => {
  expect(ruleWords(rule, 'dBm')).toBe('Optical power received below −25 dBm, for 30 min and 3 reports');
  expect(ruleWords({ ...rule, compare: 'own_median', below: -23.4, reports: 1 }, 'dBm')).toBe(
    'Optical power received below −23.4 dBm (against its own median), for 30 min',
  );
  expect(ruleWords({ ...rule, metric: 'downstream_power_dbmv', above: 10, below: -10 }, 'count')).toBe(
    'Power down below −10 dBmV or above 10 dBmV, for 30 min and 3 reports',
  );
});

test('a rule on a change has no bound of the reading', () => {
  const falls = {
    ...rule,
    metric: 'dsl_showtime_seconds',
    compare: 'falls_per_hour',
    below: null,
    reports: 1,
  };
  expect(ruleWords({ ...falls, for_seconds: 1 }, 's')).toBe(
    'In sync for by how often it begins anew in an hour, for 1 s',
  );
});
