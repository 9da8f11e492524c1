import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@cpemon/service-kit';
import { watchHealthRules, type HealthRulesWatch } from './health-rules-watch.js';

const RULE = { metric: 'rx_power_dbm', below: -27, for: '10m', severity: 'critical', text: 'low' };

let folder: string;
let file: string;
let watch: HealthRulesWatch | undefined;
let looks: string[];
let errors: object[];

const logger = {
  info: () => undefined,
  warn: () => undefined,
  error: (facts: object) => errors.push(facts),
} as unknown as Logger;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpemon-rules-'));
  file = join(folder, 'rules.yaml');
  looks = [];
  errors = [];
});
afterEach(async () => {
  await watch?.stop();
  watch = undefined;
  await rm(folder, { recursive: true });
});

const start = async () => {
  watch = await watchHealthRules({
    ...{ file, logger, everyMs: 3_600_000 },
    run: () => Promise.reject(new Error('no database here')),
    onLook: (outcome, rules) => looks.push(`${outcome} ${rules}`),
  });
  return watch;
};
const put = (rules: unknown) => writeFile(file, JSON.stringify({ rules }));
const names = () => [...(watch?.rules()?.byName.keys() ?? [])];

test('rules are in force from the start, whether or not the database is there', async () => {
  await put([{ ...RULE, name: 'a' }]);
  await start();
  expect(names()).toEqual(['a']);
  expect(looks).toEqual(['loaded 1']);
});

test('a changed file is in force at the next look, and one that has not changed is not read again', async () => {
  await put([{ ...RULE, name: 'a' }]);
  const { look, version } = await start();
  const before = version();
  await look();
  await put([
    { ...RULE, name: 'a' },
    { ...RULE, name: 'b' },
  ]);
  await look();
  expect(names()).toEqual(['a', 'b']);
  expect(version()).not.toBe(before);
  expect(looks).toEqual(['loaded 1', 'loaded 2']);
});

test('the rules of before stay when the file has a mistake, is gone, or is no YAML; each is told once', async () => {
  await put([{ ...RULE, name: 'a' }]);
  const { look } = await start();
  await put([{ ...RULE, name: 'a', metric: 'rx_powr' }]);
  await look();
  await look();
  expect(names()).toEqual(['a']);
  await rm(file);
  await look();
  await look();
  await writeFile(file, 'rules: [');
  await look();
  expect(names()).toEqual(['a']);
  expect(looks).toEqual(['loaded 1', 'refused 1', 'unreadable 1', 'refused 1']);
  expect(errors).toHaveLength(3);
  expect(errors[0]).toMatchObject({ problems: [{ code: 'unknown_metric', where: 'rule "a"' }] });
  await put([{ ...RULE, name: 'c' }]);
  await look();
  expect(names()).toEqual(['c']);
});

test('a writer that starts without a usable file judges nothing until there is one', async () => {
  const { look, rules } = await start();
  expect(rules()).toBeUndefined();
  expect(looks).toEqual(['unreadable 0']);
  await put([{ ...RULE, name: 'a' }]);
  await look();
  expect(names()).toEqual(['a']);
});
