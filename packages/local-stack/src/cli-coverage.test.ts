import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkModelFolder, readModelFolder } from '@cpemon/model-folder';
import { runVerb } from './cli.js';
import { mappingsText } from './cli-coverage.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-coverage-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what is pasted is a file of mappings that is right as it stands', async () => {
  const unmapped = [
    {
      ...{ path: 'Device.X_ACME.{i}.Rx', type: 'int', form: '-99', seen: 5, share: 0.25 },
      ...{ last_at: '2026-11-21T12:01:00.000Z' },
    },
  ];
  const text = mappingsText({ model: 'GX "1"', firmwares: [], unmapped });
  expect(text).toContain('# in 25 % of the reports, int, looks like -99');
  await writeFile(join(folder, 'gx.yaml'), text);
  expect(checkModelFolder(await readModelFolder(folder))).toEqual([{ name: 'GX "1"', rules: [] }]);
  const withRule = text
    .replace('rules: []', 'rules:')
    .replace('# - {', '- {')
    .replace('NAME_THAT_ENDS_IN_ITS_UNIT', 'rx_power_dbm')
    .replace('WHAT_IS_SENT', 'dBm');
  await writeFile(join(folder, 'gx.yaml'), withRule);
  expect(checkModelFolder(await readModelFolder(folder))[0]?.rules).toHaveLength(1);
});

async function cpemon(args: string[], environment: NodeJS.ProcessEnv = {}) {
  const told = { out: '', err: '' };
  const code = await runVerb(args, {
    ...{ repository: folder, environment },
    out: (text) => void (told.out += text),
    err: (text) => void (told.err += text),
  });
  return { code, ...told };
}

test('a message is explained without a stack, with mappings of your own', async () => {
  const message = join(folder, 'report.json');
  await writeFile(message, JSON.stringify({ Report: [{ 'Device.X_ACME_Load': 40 }] }));
  const plain = await cpemon(['explain', message]);
  expect(plain).toMatchObject({ code: 0, err: '' });
  expect(plain.out).toContain('Device.X_ACME_Load = "40" → unmapped');
  await writeFile(
    join(folder, 'acme.yaml'),
    "name: ACME\nrules:\n  - { path: Device.X_ACME_Load, metric: cpu_used_ratio, unit: '%' }\n",
  );
  await rm(message);
  const elsewhere = join(folder, 'report.txt');
  await writeFile(elsewhere, JSON.stringify({ Report: [{ 'Device.X_ACME_Load': 40 }] }));
  const own = await cpemon(['explain', elsewhere], { DEVICE_MODELS_DIR: folder });
  expect(own.out).toContain('→ metric cpu_used_ratio 0.4  [ACME: Device.X_ACME_Load, in %]');
  const asJson = await cpemon([
    '--json',
    'explain',
    elsewhere,
    '--device',
    '00D09E-GX-A1',
    '--models',
    folder,
  ]);
  expect(JSON.parse(asJson.out)).toMatchObject({ events: [{ event: { subject: 'A1' } }] });
});

test('a file that is not there, and a shape that is none, are told', async () => {
  expect(await cpemon(['explain', join(folder, 'none')])).toMatchObject({ code: 1 });
  expect(await cpemon(['explain', 'x', '--as', 'fax'])).toMatchObject({ code: 2 });
});
