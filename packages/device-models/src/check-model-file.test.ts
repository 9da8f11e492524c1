import { checkModelFile, ModelFileError } from './check-model-file.js';
import { BUILT_IN_MODEL_FILES, BUILT_IN_MODELS, healthParametersOf } from './index.js';

const problemsOf = (file: unknown): readonly string[] => {
  try {
    checkModelFile(file);
    return [];
  } catch (error) {
    if (error instanceof ModelFileError) return error.problems;
    throw error;
  }
};

const withRule = (rule: object) => ({ name: 'ACME', rules: [{ path: 'Device.X_ACME.Load', ...rule }] });

it('the files that come with CPEmon are right', () => {
  expect(BUILT_IN_MODEL_FILES.flatMap(problemsOf)).toEqual([]);
});

it('names all mistakes of a file at once', () => {
  expect(
    problemsOf({
      match: { vendors: ['x'] },
      rules: [{ path: 'Device.A B' }, { path: 'Device.A', metric: 'load_ratio', unit: 'percent' }],
      known: ['Device.PPP.Interface.{i}.Password'],
      asks: [],
    }),
  ).toEqual([
    '"name" is missing',
    'the file: "asks" means nothing here',
    '"match": "vendors" means nothing here',
    '"match" names nobody; leave it out to mean everybody',
    'rule 1: "path" is no parameter\'s path',
    expect.stringMatching(/^rule 2 \(Device\.A\): "unit" is none of /),
    '"known": the name of Device.PPP.Interface.{i}.Password is a secret\'s',
  ]);
});

it.each<[what: string, rule: object, problem: string]>([
  ['two targets', { metric: 'load_ratio', unit: '%', attribute: 'model' }, 'has not exactly one of'],
  ['a name that ends in another unit', { metric: 'load_bytes', unit: '%' }, 'does not end in the unit'],
  ['an unknown attribute', { attribute: 'colour' }, 'is none of wan_ip'],
  ['a misspelt field', { metric: 'load_ratio', unit: '%', sentinels: [1] }, '"sentinels" means nothing here'],
  ['a connection elsewhere', { wan: 'status', connection: 'Device.PPP' }, 'is not the beginning of "path"'],
  ['a secret', { path: 'Device.X_ACME.AdminPassword', attribute: 'model' }, "its name is a secret's"],
  [
    'an unknown way to combine',
    { metric: 'load_ratio', unit: '%', of: 'mean' },
    'is none of first, sum, max, min',
  ],
])('refuses %s', (_what, rule, problem) => {
  expect(problemsOf(withRule(rule)).join('\n')).toContain(problem);
});

it.each([null, [], 'x', 3])('refuses %j', (file) => {
  expect(problemsOf(file)).not.toEqual([]);
});

describe('what to ask a device for', () => {
  it('is what its data model and its vendor have, the standard first', () => {
    expect(healthParametersOf('InternetGatewayDevice.', 'Huawei Technologies Co., Ltd')).toEqual([
      'InternetGatewayDevice.DeviceInfo.UpTime',
      'InternetGatewayDevice.DeviceInfo.SoftwareVersion',
      'InternetGatewayDevice.DeviceInfo.MemoryStatus.Total',
      'InternetGatewayDevice.DeviceInfo.MemoryStatus.Free',
      'InternetGatewayDevice.DeviceInfo.ProcessStatus.CPUUsage',
      'InternetGatewayDevice.ManagementServer.PeriodicInformInterval',
      'InternetGatewayDevice.DeviceInfo.X_HW_CpuUsed',
      'InternetGatewayDevice.DeviceInfo.X_HW_MemUsed',
      'InternetGatewayDevice.WANDevice.1.X_GponInterafceConfig.RXPower',
      'InternetGatewayDevice.WANDevice.1.X_GponInterafceConfig.TXPower',
    ]);
    expect(healthParametersOf('Device.', 'Somebody').join()).not.toContain('X_');
  });

  it.each(['Huawei', 'ZTE', 'ALCL', 'TP-Link', ''])('means something, each of it: %j', (manufacturer) => {
    const asked = [
      ...healthParametersOf('Device.', manufacturer),
      ...healthParametersOf('InternetGatewayDevice.', manufacturer),
    ];
    expect(asked.filter((path) => BUILT_IN_MODELS.meaningOf(path).rules.length === 0)).toEqual([]);
  });
});
