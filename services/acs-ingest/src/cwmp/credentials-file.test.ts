import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../../tests/support/eventually.js';
import { followCredentials } from './credentials-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-credentials-'));
  path = join(folder, 'cpes');
});
afterEach(() => rmSync(folder, { recursive: true }));

const warnings: string[] = [];
const logger = { info: () => undefined, warn: (_facts: object, text: string) => warnings.push(text) };
const follow = () =>
  followCredentials({
    ...{ path, realm: 'cpemon', fixed: ['fleet:secret'], everyMs: 20 },
    logger: logger as never,
  });

test('a device that is added to the file is known soon, one that is taken away is not any more', async () => {
  writeFileSync(path, '00259E-1:one\n');
  const credentials = await follow();
  const knows = (user: string) => credentials.ha1Of(user, 'MD5').length > 0;
  expect(['fleet', '00259E-1', '00259E-22'].map(knows)).toEqual([true, true, false]);
  writeFileSync(path, '00259E-22:two\n');
  await eventually('the new one is known', () => knows('00259E-22'));
  expect(['fleet', '00259E-1'].map(knows)).toEqual([true, false]);

  writeFileSync(path, 'nonsense');
  await eventually('it is warned of', () => warnings.length > 0);
  expect(warnings[0]).toMatch(/entry 1 must be user:password .*those read before stay in use$/);
  expect(knows('00259E-22')).toBe(true);
  credentials.stop();
});

test('a file that cannot be used at the start is named', async () => {
  await expect(follow()).rejects.toThrow(/^CWMP_CREDENTIALS_FILE cannot be used: ENOENT/);
});
