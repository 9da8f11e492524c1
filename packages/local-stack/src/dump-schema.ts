import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, dumpSchema, migrate } from '@cpemon/database';
import { readEnvironment } from './config.js';
import { findOrFetchServer } from './find-or-fetch-server.js';
import { startPrivateDatabase } from './private-database.js';

const MIGRATIONS = resolve(__dirname, '../../../sql');
const HEADER =
  '-- Written by `npm run dump:schema`: the schema after all migrations, in the words of MariaDB 10.11.\n\n';

/** Applies the migrations to an empty private database and writes the resulting schema to sql/schema.sql. */
async function writeSchemaDump(): Promise<void> {
  // eslint-disable-next-line no-restricted-properties -- a program of its own
  const environment = readEnvironment(process.env);
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-dump-'));
  const server = await findOrFetchServer({ ...environment.server, tell: (line) => console.error(line) });
  const database = await startPrivateDatabase({
    server,
    folder,
    adminPassword: randomBytes(18).toString('hex'),
  });
  try {
    const address = { ...database.address, schema: 'cpemon' };
    const admin = await connect(database.address, {});
    await admin.query('CREATE DATABASE cpemon CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    await migrate(address, MIGRATIONS);
    await admin.query('USE cpemon');
    writeFileSync(join(MIGRATIONS, 'schema.sql'), HEADER + (await dumpSchema(admin)));
    await admin.end();
  } finally {
    await database.stop(0);
    rmSync(folder, { recursive: true });
  }
}

writeSchemaDump().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
