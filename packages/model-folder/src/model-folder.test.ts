import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_IN_MODELS, putModelsInForce, readParameters, redactParameters } from '@cpemon/device-models';
import { createConfigReader, createRegistry } from '@cpemon/service-kit';
import { followModels, openDeviceModels, readDeviceModelsConfig, type FollowedModels } from './index.js';

const NOBODY = { manufacturer: '', oui: '', productClass: '' };
const LOAD = { 'Device.X_ACME_Load': { value: '40', type: 'unsignedInt' } };
const JSON_FILE = JSON.stringify({
  name: 'ACME',
  rules: [{ path: 'Device.X_ACME_Load', metric: 'cpu_used_ratio', unit: '%' }],
});
const YAML_FILE = `# read from the load of all cores
name: ACME
rules:
  - path: Device.X_ACME_Load
    metric: cpu_used_ratio
    unit: '%'
`;

let folder: string;
let followed: FollowedModels | undefined;
let told: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'device-models-'));
  told = [];
});
afterEach(async () => {
  followed?.stop();
  followed = undefined;
  putModelsInForce({ models: BUILT_IN_MODELS, unknownValues: 'dropped' });
  await rm(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(folder, name), text);

async function follow(startsAnyway = false): Promise<FollowedModels> {
  return (followed = await followModels({
    startsAnyway,
    ...{ folder, unknownValues: 'dropped', everyMs: 3_600_000 },
    logger: { info: () => undefined, warn: (_facts: object, text?: string) => void told.push(text ?? '') },
    loaded: ({ files }) => void told.push(`${files} in force`),
    looked: (isGood) => void (isGood ? undefined : told.push('bad')),
    refused: () => void told.push('refused'),
  }));
}

/** A change counts when two looks find the same. */
async function lookTwice(): Promise<void> {
  await followed?.look();
  await followed?.look();
}

const cpu = (): unknown => readParameters(LOAD, NOBODY).metrics['cpu_used_ratio'];

test.each([
  ['acme.json', JSON_FILE],
  ['acme.yaml', YAML_FILE],
  ['acme.yml', YAML_FILE],
])("an operator's %s counts as soon as it is loaded", async (name, text) => {
  await write(name, text);
  await write('README.md', 'not one of them');
  expect(cpu()).toBeUndefined();
  await follow();
  expect(told).toEqual(['1 in force']);
  expect(cpu()).toBe(0.4);
  expect(redactParameters(LOAD).parameters).toEqual(LOAD);
});

test.each([
  ['acme.json', '{', /acme\.json: line 1: /],
  ['acme.json', JSON_FILE.replace('ACME', ''), /acme\.json: "name" is missing/],
  ['acme.yaml', YAML_FILE.replace("'%'", 'percent'), /acme\.yaml: line 4: rule 1 .*"unit" is none of/],
  ['acme.yaml', YAML_FILE.replace("'%'", '%'), /acme\.yaml: line 6: /],
  ['acme.yaml', `${YAML_FILE}    unit: bytes\n`, /acme\.yaml: line \d: duplicated mapping key/],
  ['acme.yaml', `${YAML_FILE}known:\n  - nonsense\n`, /line 7: "known": nonsense is no path/],
  ['acme.yaml', '', /is no object/],
])('a mistake stops the start and is named with its line: %s', async (name, text, problem) => {
  await write(name, text);
  await expect(follow()).rejects.toThrow(problem);
});

test('all mistakes of all files are named', async () => {
  await write('one.yaml', '{');
  await write('two.json', '[]');
  await expect(follow()).rejects.toThrow(/one\.yaml: line .*; two\.json: is no object/);
});

test('a folder that is not there stops the start', async () => {
  folder = join(folder, 'none');
  await expect(follow()).rejects.toThrow(/^DEVICE_MODELS_DIR cannot be used: /);
  folder = join(folder, '..');
});

test('a changed file counts without a restart, once it is whole', async () => {
  await write('acme.yaml', YAML_FILE);
  await follow();
  await write('acme.yaml', YAML_FILE.replace("'%'", 'ratio').replace('X_ACME_Load', 'X_ACME_Other'));
  await followed?.look();
  expect(cpu()).toBe(0.4);
  await followed?.look();
  expect(cpu()).toBeUndefined();
  expect(told).toEqual(['1 in force', '1 in force']);
});

test('a file with a mistake is refused with all others, once, and what was in force stays', async () => {
  await write('acme.yaml', YAML_FILE);
  await follow();
  await write('acme.yaml', YAML_FILE.replace('X_ACME_Load', 'X_ACME_Other'));
  await write('bad.yaml', 'name: bad\nrules: 7\n');
  await lookTwice();
  await lookTwice();
  expect(cpu()).toBe(0.4);
  expect(told.filter((text) => text === 'refused')).toHaveLength(1);
  expect(told.at(-1)).toBe('bad');
  expect(told.join('\n')).toMatch(
    /bad\.yaml: "rules" is no list; the device models read before stay in force/,
  );
  await rm(join(folder, 'bad.yaml'));
  await lookTwice();
  expect(cpu()).toBeUndefined();
});

test('values of unknown parameters are kept on request only', async () => {
  const config = (env: Record<string, string>) => readDeviceModelsConfig(createConfigReader(env));
  expect(config({})).toEqual({ unknownValues: 'dropped' });
  const registry = createRegistry({ service: 'test', version: '0' });
  const logger = { info: () => undefined, warn: () => undefined };
  await openDeviceModels(config({ KEEP_UNKNOWN_VALUES: 'true' }), registry, logger);
  expect(redactParameters(LOAD).parameters).toEqual(LOAD);
  expect(await registry.getSingleMetricAsString('cpemon_device_models_good')).toMatch(/ 1$/);
});

test('what takes nothing in by them starts with the built-in ones, until the folder is right', async () => {
  await write('acme.yaml', 'rules: 7');
  await follow(true);
  expect(told.at(-1)).toMatch(/the built-in ones are in force/);
  expect(cpu()).toBeUndefined();
  await write('acme.yaml', YAML_FILE);
  await lookTwice();
  expect(cpu()).toBe(0.4);
});
