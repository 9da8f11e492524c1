import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findOrFetchMySql } from './find-or-fetch-mysql.js';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cpemon-mysql-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that answers --version as a server of that version does. */
function placeServer(path: string, version: string): string {
  const program = join(folder, path);
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, `#!/bin/sh\necho "${program}  ${version}"\n`, { mode: 0o755 });
  return program;
}

const find = (path: string, given?: string) =>
  findOrFetchMySql({
    path,
    usualFolders: [],
    cacheFolder: join(folder, 'cache'),
    tell: () => undefined,
    ...(given === undefined ? {} : { given }),
  });

const MARIADB = 'Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)';
const OLD = 'Ver 8.0.43 for Linux on x86_64 (MySQL Community Server - GPL)';
const LTS = 'Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)';
const NEW = 'Ver 9.7.4-2 for Linux on x86_64 ((Debian))';

test('the first MySQL of 8.4 or later on the PATH is taken; MariaDB under its name and older ones are passed over', async () => {
  placeServer('a/mysqld', MARIADB);
  placeServer('b/mysqld', OLD);
  const lts = placeServer('c/mysqld', LTS);
  placeServer('d/mysqld', NEW);
  const server = await find(['a', 'b', 'c', 'd'].map((name) => join(folder, name)).join(':'));
  expect(server).toMatchObject({ flavour: 'mysql', program: lts, baseFolder: folder });
});

test('a server that was fetched before is found in the cache', async () => {
  const fetched = placeServer('cache/mysql/usr/bin/mysqld-unpacked', NEW);
  expect((await find('')).program).toBe(fetched);
});

test('a given program is used, and nothing else in its place', async () => {
  placeServer('c/mysqld', LTS);
  expect((await find('', placeServer('e/mysqld', NEW))).program).toBe(join(folder, 'e/mysqld'));
  await expect(find(join(folder, 'c'), placeServer('a/mysqld', MARIADB))).rejects.toThrow(
    'a/mysqld is not a MySQL server of 8.4 or later that runs',
  );
});
