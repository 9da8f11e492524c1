import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readParameters, redactParameters } from '@cpemon/device-models';
import { createConfigReader } from '@cpemon/service-kit';
import { loadDeviceModels, readDeviceModelsConfig } from './device-models.js';

const NOBODY = { manufacturer: '', oui: '', productClass: '' };
const LOAD = { 'Device.X_ACME_Load': { value: '40', type: 'unsignedInt' } };
const OWN = { name: 'ACME', rules: [{ path: 'Device.X_ACME_Load', metric: 'cpu_used_ratio', unit: '%' }] };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'device-models-'));
});
afterEach(async () => {
  await loadDeviceModels({ unknownValues: 'dropped' });
  await rm(folder, { recursive: true });
});

test("an operator's files count as soon as they are loaded", async () => {
  await writeFile(join(folder, 'acme.json'), JSON.stringify(OWN));
  await writeFile(join(folder, 'README.md'), 'not one of them');
  expect(readParameters(LOAD, NOBODY).metrics).toEqual({});
  expect(await loadDeviceModels({ folder, unknownValues: 'dropped' })).toBe(1);
  expect(readParameters(LOAD, NOBODY).metrics).toEqual({ cpu_used_ratio: 0.4 });
  expect(redactParameters(LOAD).parameters).toEqual(LOAD);
});

test.each([
  ['{', /acme\.json/],
  [JSON.stringify({ ...OWN, name: '' }), /"name" is missing/],
])('a file that is not right stops the start: %s', async (text, problem) => {
  await writeFile(join(folder, 'acme.json'), text);
  await expect(loadDeviceModels({ folder, unknownValues: 'dropped' })).rejects.toThrow(problem);
});

test('a folder that is not there stops the start', async () => {
  await expect(loadDeviceModels({ folder: join(folder, 'none'), unknownValues: 'dropped' })).rejects.toThrow(
    /^DEVICE_MODELS_DIR cannot be used: /,
  );
});

test('values of unknown parameters are kept on request only', async () => {
  const config = (env: Record<string, string>) => readDeviceModelsConfig(createConfigReader(env));
  expect(config({})).toEqual({ unknownValues: 'dropped' });
  await loadDeviceModels(config({ KEEP_UNKNOWN_VALUES: 'true' }));
  expect(redactParameters(LOAD).parameters).toEqual(LOAD);
});
