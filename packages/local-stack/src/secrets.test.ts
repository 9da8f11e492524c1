import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSecrets } from './secrets.js';

let file: string;
beforeEach(() => (file = join(mkdtempSync(join(tmpdir(), 'cpemon-secrets-')), 'secrets.json')));
afterEach(() => rmSync(join(file, '..'), { recursive: true }));

test('secrets survive a restart, in a file that only its owner reads', () => {
  const first = keepSecrets(file);
  expect(keepSecrets(file)).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const all = [
    ...Object.values(first.tokens),
    first.webhookSecret,
    first.cwmpPassword,
    first.cwmpSessionSecret,
    first.databaseAdmin,
    ...Object.values(first.databaseUsers),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('a secret that an earlier release did not have is added, the others stay', () => {
  const { webhookSecret, ...rest } = keepSecrets(file);
  writeFileSync(file, JSON.stringify(rest));
  const again = keepSecrets(file);
  expect(again.webhookSecret).not.toBe(webhookSecret);
  expect(again.tokens).toEqual(rest.tokens);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(again);
});

test('a damaged file is named, not replaced', () => {
  writeFileSync(file, '{');
  expect(() => keepSecrets(file)).toThrow(/secrets\.json cannot be read .* remove it to get new secrets/);
});
