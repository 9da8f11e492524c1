import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USUAL_PLAN, readFleetPlan } from '../fleet-plan.js';
import { createFleet } from '../fleet.js';
import { parameterValues } from '../reports/parameter-values.js';
import { signalsOf } from '../reports/heartbeat-body.js';
import { BUILT_IN_MODELS } from './built-in-models.js';
import { loadModels } from './load-models.js';
import type { VendorModel } from './model-file.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'cpemon-models-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (content: unknown): string => {
  const file = join(folder, 'own.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  return file;
};
const [first] = BUILT_IN_MODELS as [VendorModel];

const valuesOf = (name: string): Map<string, string> => {
  const models = BUILT_IN_MODELS.filter((model) => model.name === name);
  const fleet = createFleet({
    ...{ devices: 1, intervalSeconds: 60, intervalSpread: 0, seed: 1, serialPrefix: 'SIM-' },
    mix: [{ way: 'cwmp', weight: 1 }],
    plan: { ...USUAL_PLAN, models },
  });
  const values = new Map(parameterValues(fleet, 0, NOW).map(({ path, value }) => [path, value]));
  values.set('dBm', String(signalsOf(fleet, { device: 0, dueMs: NOW }).rxPowerDbm));
  return values;
};

describe('the built-in models', () => {
  it('are at least eight, of both data models and several kinds of access', () => {
    expect(BUILT_IN_MODELS.length).toBeGreaterThanOrEqual(8);
    expect(new Set(BUILT_IN_MODELS.map(({ access }) => access)).size).toBeGreaterThanOrEqual(4);
    const roots = new Set(BUILT_IN_MODELS.map(({ inform }) => inform[0]!.split('.')[0]));
    expect(roots).toEqual(new Set(['Device', 'InternetGatewayDevice']));
  });

  it('write the same light in their own ways', () => {
    const huawei = valuesOf('huawei-eg8145v5');
    const rx = huawei.get('InternetGatewayDevice.WANDevice.1.X_GponInterafceConfig.RXPower');
    expect(rx).toBe(Number(huawei.get('dBm')).toFixed(0));
    const tpLink = valuesOf('tp-link-xx230v');
    const linear = Number(tpLink.get('Device.Optical.Interface.1.X_TP_GPON_Config.RXPower'));
    expect(10 * Math.log10(linear / 10_000)).toBeCloseTo(Number(tpLink.get('dBm')), 0);
    expect(tpLink.get('Device.Optical.Interface.1.OpticalSignalLevel')).toBe('0');
    expect(Number(valuesOf('tp-link-ec220-g5').get('Device.DeviceInfo.MemoryStatus.Total'))).toBeGreaterThan(
      1e8,
    );
  });
});

describe('a model file', () => {
  it('adds a model, or takes the place of a built-in one', () => {
    expect(loadModels([fileWith({ ...first, name: 'ours' })])).toHaveLength(BUILT_IN_MODELS.length + 1);
    const replaced = loadModels([fileWith({ ...first, weight: 99 })]);
    expect(replaced).toHaveLength(BUILT_IN_MODELS.length);
    expect(replaced.find(({ name }) => name === first.name)!.weight).toBe(99);
  });

  it.each<[string, unknown, RegExp]>([
    ['text that is no JSON', '{"name":\n"x",,', /own\.json, line 2/],
    [
      'an unknown access',
      { ...first, access: 'fiber' },
      /'fiber' is no name known here; the nearest is 'fibre'/,
    ],
    [
      'an unknown signal',
      { ...first, parameters: [{ path: 'A.B', is: 'uptme' }] },
      /own\.json, line \d+: parameters\[0\]\.is: 'uptme'.*'uptime'/,
    ],
    ['an Inform with a parameter that it has not', { ...first, inform: ['Device.No'] }, /inform\[0\]/],
    [
      'a text and a signal',
      { ...first, parameters: [{ path: 'A', is: 'cpu', text: 'x' }] },
      /either "text" or "is"/,
    ],
    ['no firmware', { ...first, softwareVersions: [] }, /softwareVersions/],
    ['a list', [], /must be an object/],
  ])('with %s says where and why', (_what, content, message) => {
    expect(() => loadModels([fileWith(content)])).toThrow(message);
  });
});

describe('a fleet file', () => {
  it('chooses models, firmware, regions and tiers', () => {
    const plan = readFleetPlan(
      fileWith({
        regions: ['one'],
        models: { [first.name]: 1 },
        firmware: { [first.name]: ['V1'] },
        tiers: { gold: 1 },
      }),
      BUILT_IN_MODELS,
    );
    expect(plan.models).toHaveLength(1);
    expect(plan.models[0]!.softwareVersions).toEqual(['V1']);
    expect(plan).toMatchObject({ regions: ['one'], tiers: { gold: 1 }, devicesPerSite: 256 });
  });

  it.each<[unknown, RegExp]>([
    [{ models: { 'huawei-eg8145v6': 1 } }, /the nearest is 'huawei-eg8145v5'/],
    [{ devicesPerSite: 0 }, /devicesPerSite/],
    [{ regions: [] }, /regions/],
    [{ tiers: { gold: 'much' } }, /tiers\.gold/],
  ])('%j is refused with the reason', (content, message) => {
    expect(() => readFleetPlan(fileWith(content), BUILT_IN_MODELS)).toThrow(message);
  });
});
