import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDatabaseUrl } from '@cpemon/database';
import { secretManifests, writeSecretFiles } from './secret-files.js';
import { keepSecrets, type StackSecrets } from './secrets.js';
import { SECRET_HOLDERS, serviceSecrets, withDatabaseUrls } from './service-secrets.js';

let folder: string;
let secrets: StackSecrets;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-secrets-'));
  secrets = keepSecrets(join(folder, 'kept.json'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a service learns its own login and no other', () => {
  const all = serviceSecrets(secrets);
  for (const [holder, role] of [
    ['acs-ingest', 'ingest'],
    ['cpemon-api', 'api'],
    ['reporting', 'reporting'],
  ] as const) {
    const values = Object.values(all[holder]).join(' ');
    expect(values).toContain(secrets.databaseUsers[role]);
    for (const [other, password] of Object.entries(secrets.databaseUsers))
      if (other !== role) expect([holder, other, values.includes(password)]).toEqual([holder, other, false]);
    expect(values).not.toContain(secrets.databaseAdmin);
  }
  expect(Object.keys(all['cpe-simulator']).sort()).toEqual([
    'CWMP_PASSWORD',
    'INGEST_TOKEN',
    'WEBHOOK_SECRET',
  ]);
});

test('whole URLs take the place of passwords where nothing joins them', () => {
  const server = { host: 'mysql', port: 3306, schema: 'cpemon' };
  const all = withDatabaseUrls(serviceSecrets(secrets), server);
  const { DATABASE_URL = '', MAINTENANCE_DATABASE_URL = '' } = all['cpemon-writer'];
  expect(parseDatabaseUrl(DATABASE_URL)).toEqual({
    ...{ user: 'cpemon_writer', password: secrets.databaseUsers.writer },
    ...server,
  });
  expect(parseDatabaseUrl(MAINTENANCE_DATABASE_URL).user).toBe('cpemon_maintenance');
  // What makes dashboards has a place for the password alone.
  const holders = SECRET_HOLDERS.filter((holder) => 'DATABASE_PASSWORD' in all[holder]);
  expect(holders).toEqual(['reporting']);
});

test('files have a folder for each holder, readable for the user of its container, and can be written again', () => {
  const all = serviceSecrets(secrets);
  for (let round = 0; round < 2; round++) writeSecretFiles(folder, all);
  expect(readFileSync(join(folder, 'cpe-simulator/env'), 'utf8')).toBe(
    `INGEST_TOKEN=${secrets.tokens.ingest}\nWEBHOOK_SECRET=${secrets.webhookSecret}\nCWMP_PASSWORD=${secrets.cwmpPassword}\n`,
  );
  expect(readFileSync(join(folder, 'mysql/MYSQL_ROOT_PASSWORD'), 'utf8')).toBe(secrets.databaseAdmin);
  expect(statSync(join(folder, 'cpemon-api/env')).mode & 0o777).toBe(0o444);
});

test('manifests are a Secret for each holder', () => {
  const list = JSON.parse(secretManifests('cpemon', serviceSecrets(secrets))) as {
    items: { kind: string; metadata: { name: string; namespace: string } }[];
  };
  expect(list.items.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace])).toEqual(
    SECRET_HOLDERS.map((holder) => ['Secret', holder, 'cpemon']),
  );
});
