import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KNOWN_METRICS, MOST_RULES } from '@cpemon/domain';
import { HealthRulesError, readHealthRulesText } from './health-rules-text.js';

const BUILT_IN = join(__dirname, '../../../rules/device-health.yaml');
const RULE = {
  ...{ name: 'optics-low', metric: 'rx_power_dbm', below: -27, for: '10m', severity: 'critical' },
  text: 'Receive power is {value}',
};

function problemsOf(content: unknown): string[] {
  try {
    readHealthRulesText(typeof content === 'string' ? content : JSON.stringify(content));
    return [];
  } catch (error) {
    if (error instanceof HealthRulesError) return error.problems.map(({ code }) => code);
    throw error;
  }
}
const problemsOfRule = (changes: Record<string, unknown>): string[] => {
  const rule: Record<string, unknown> = { ...RULE, ...changes };
  for (const name of Object.keys(changes)) if (changes[name] === undefined) delete rule[name];
  return problemsOf({ rules: [rule] });
};

test('the rules that come with CPEmon can be used, and each says something of its own', () => {
  const { rules, version } = readHealthRulesText(readFileSync(BUILT_IN, 'utf8'));
  expect(rules.length).toBeGreaterThan(12);
  expect(version).toMatch(/^[0-9a-f]{16}$/);
  for (const { metric } of rules) expect(KNOWN_METRICS.has(metric)).toBe(true);
  expect(new Set(rules.map(({ text }) => text)).size).toBe(rules.length);
});

test('the same text has the same version, and another has another', () => {
  const text = JSON.stringify({ rules: [RULE] });
  expect(readHealthRulesText(text).version).toBe(readHealthRulesText(text).version);
  expect(readHealthRulesText(`${text} `).version).not.toBe(readHealthRulesText(text).version);
});

test('bounds, durations and what ends a condition are read as they are meant', () => {
  const { rules } = readHealthRulesText(
    JSON.stringify({
      rules: [
        { ...RULE, clear: { above: -26, for: '1h' }, reports: 3 },
        { ...RULE, name: 'b', below: undefined, at_most: 3, metric: 'dsl_downstream_noise_margin_db' },
        {
          ...RULE,
          name: 'c',
          below: undefined,
          metric: undefined,
          role: 'wan{ service = internet }',
          at_most: 0,
          reading: 'up_connections',
        },
      ],
    }),
  );
  expect(rules[0]).toMatchObject({
    ...{
      lower: -27,
      upper: Infinity,
      clearLower: -26,
      clearUpper: Infinity,
      forMs: 600_000,
      clearForMs: 3_600_000,
    },
    ...{ reports: 3, compare: 'value', scope: null },
  });
  expect(3 < rules[1]!.lower).toBe(true);
  expect(3.0000001 < rules[1]!.lower).toBe(false);
  expect(rules[2]).toMatchObject({ metric: 'internet_up_connections', clearForMs: 600_000 });
  expect(0 < rules[2]!.lower).toBe(true);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['an unknown metric', { metric: 'rx_powr_dbm' }, ['unknown_metric']],
  ['a metric that is one of every object', { metric: 'constructor' }, ['unknown_metric']],
  ['an unknown role', { metric: undefined, role: 'radio{band=6GHz}', reading: 'x' }, ['unknown_role']],
  [
    'an unknown reading of a role',
    { metric: undefined, role: 'optics', reading: 'colour' },
    ['unknown_metric'],
  ],
  ['a metric and a role', { role: 'optics', reading: 'rx_power' }, ['missing_field']],
  ['a duration of nothing', { for: '0s' }, ['bad_duration']],
  ['a duration of a year', { for: '365d' }, ['bad_duration']],
  ['a duration without a unit', { for: 600 }, ['bad_duration']],
  ['no duration', { for: undefined }, ['missing_field']],
  ['a clear threshold beyond the threshold', { clear: { above: -28 } }, ['clear_beyond_threshold']],
  ['a clear threshold of the other side', { clear: { below: -20 } }, ['bad_value']],
  ['an unknown field', { treshold: -27 }, ['unknown_field']],
  ['an unknown field of clear', { clear: { at: -20 } }, ['unknown_field']],
  ['no bound', { below: undefined }, ['no_bound']],
  ['bounds that no reading meets the other side of', { below: 0, above: -10 }, ['bad_value']],
  ['two bounds of one side', { at_most: -27 }, ['bad_value']],
  ['a bound that is no number', { below: '-27' }, ['bad_value', 'no_bound']],
  ['no name', { name: undefined }, ['missing_field']],
  ['a name that is no name', { name: 'Optics low' }, ['bad_name']],
  ['a name of our own', { name: 'reboot-loop' }, ['bad_name']],
  ['a severity that there is not', { severity: 'urgent' }, ['bad_value']],
  ['no sentence', { text: undefined }, ['missing_field']],
  ['a placeholder that there is not', { text: '{valeu} is low' }, ['bad_text']],
  ['half a report', { reports: 0.5 }, ['bad_value']],
  ['a comparison that there is not', { compare: 'yesterday' }, ['bad_value']],
  [
    'firmwares compared by what has no mean',
    { compare: 'other_firmware', metric: 'hosts' },
    ['unknown_metric'],
  ],
  ['an empty scope', { scope: {} }, ['bad_scope']],
  ['a scope of nothing', { scope: { model: [] } }, ['bad_value', 'bad_scope']],
])('%s is a problem', (_name, changes, codes) => {
  expect(problemsOfRule(changes)).toEqual(codes);
});

test('every problem of every rule is told at once, with the rule that has it', () => {
  const rules = [{ ...RULE, for: '0s' }, { ...RULE, metric: 'x' }, 'rule', { ...RULE, name: 'c', colour: 1 }];
  expect(() => readHealthRulesText(JSON.stringify({ rules, colour: 1 }))).toThrow(
    new RegExp(
      [
        'file: there is no field "colour"',
        'rule "optics-low": for is a duration',
        'rule "optics-low": there is no metric "x"',
        'rule "optics-low": another rule has the same name',
        'rules\\[2\\]: it has to be an object',
        'rule "c": there is no field "colour"',
      ].join('[^]*'),
    ),
  );
});

test.each<[string, unknown, string]>([
  ['no rules', {}, 'not_a_set'],
  ['a list', [RULE], 'not_a_set'],
  ['nothing', '', 'not_a_set'],
  ['what is no YAML', 'rules: [', 'not_a_set'],
  ['a key twice', 'rules: []\nrules: []', 'not_a_set'],
  ['a tag', 'rules: !!js/function "x"', 'not_a_set'],
  ['too much', `rules: []\n#${'x'.repeat(300_000)}`, 'not_a_set'],
  ['too many rules', { rules: Array.from({ length: MOST_RULES + 1 }, () => RULE) }, 'too_many_rules'],
  ['a day that is none', { baseline_day: '2d', rules: [] }, 'bad_duration'],
  ['a metric of its own that cannot be', { metrics: ['Rx power'], rules: [] }, 'bad_name'],
])('a file with %s is refused', (_name, content, code) => {
  expect(problemsOf(content)).toEqual([code]);
});

test('a metric of a mapping file of your own is known when it is named', () => {
  expect(
    problemsOf({ metrics: ['acme_load_ratio'], rules: [{ ...RULE, metric: 'acme_load_ratio' }] }),
  ).toEqual([]);
});

test('no rules at all are a set, too', () => {
  expect(problemsOf('rules: []')).toEqual([]);
});
