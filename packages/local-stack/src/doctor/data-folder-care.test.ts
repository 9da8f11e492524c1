import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataLayout } from '../data-layout.js';
import { examineDataFolder } from './data-folder-care.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cpemon-doctor-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('secrets that others may read are bad, and can be mended', () => {
  const { secrets } = dataLayout(folder);
  writeFileSync(secrets, '{}');
  chmodSync(secrets, 0o644);
  const [finding] = examineDataFolder(dataLayout(folder));
  expect(finding).toMatchObject({ about: 'secrets', state: 'bad' });
  finding!.fix!();
  expect(statSync(secrets).mode & 0o777).toBe(0o600);
  expect(examineDataFolder(dataLayout(folder))).toEqual([expect.objectContaining({ state: 'good' })]);
});

test('a stack file whose supervisor is gone can be taken away; one that runs stays', () => {
  const { stackFile } = dataLayout(folder);
  writeFileSync(stackFile, JSON.stringify({ supervisor: { pid: 2 ** 22 + 1, started: '1' } }));
  const [finding] = examineDataFolder(dataLayout(folder));
  expect(finding).toMatchObject({ about: 'stack file', state: 'warning' });
  finding!.fix!();
  expect(existsSync(stackFile)).toBe(false);
});

test('a folder that is not there is no fault', () => {
  expect(examineDataFolder(dataLayout(join(folder, 'none')))).toEqual([
    expect.objectContaining({ state: 'good' }),
  ]);
});
