import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import {
  connect,
  formatDatabaseUrl,
  migrate,
  openPool,
  parseDatabaseUrl,
  refreshUsers,
  userName,
  type DatabaseAddress,
  type DatabasePool,
  type DatabaseRole,
} from '@cpemon/database';

export const MIGRATIONS_FOLDER = resolve(__dirname, '../../sql');

export interface TestDatabase {
  /** Login that may do everything, in the new schema. */
  address: DatabaseAddress;
  /** The same as a URL. */
  url: string;
  schema: string;
  pool: DatabasePool;
  /** The login of a role with the rights it has in production. */
  login(role: DatabaseRole): Promise<DatabaseAddress>;
  /** Ends the pool and removes the schema. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Folder of migrations to apply; null leaves the schema empty. */
  migrations?: string | null;
}

/** A schema of its own for one test file, migrated. Call `drop` in afterAll. */
export async function createTestDatabase({
  migrations = MIGRATIONS_FOLDER,
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const url = process.env.CPEMON_TEST_DATABASE_URL;
  if (url === undefined)
    throw new Error('Tests that need a database are named x.db.test.ts (jest project "db")');
  const server = parseDatabaseUrl(url);
  const schema = `cpemon_test_${randomBytes(5).toString('hex')}`;
  await execute(server, `CREATE DATABASE ${schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  const address = { ...server, schema };
  if (migrations !== null) await migrate(address, migrations);
  const pool = openPool(address, { connections: 8 });
  return {
    address,
    url: formatDatabaseUrl(address),
    schema,
    pool,
    login: async (role) => {
      await refreshUsers(pool, schema, { [role]: rolePassword(role) });
      return { ...address, user: userName(role), password: rolePassword(role) };
    },
    drop: async () => {
      await pool.end();
      await execute(server, `DROP DATABASE IF EXISTS ${schema}`);
    },
  };
}

/** The same in every test file of a run, as users are per server. */
export function rolePassword(role: DatabaseRole): string {
  return `Pass-1-${createHash('sha256').update(`${role} ${process.env.CPEMON_TEST_DATABASE_URL}`).digest('hex').slice(0, 24)}`;
}

async function execute(server: DatabaseAddress, sql: string): Promise<void> {
  const connection = await connect(server, {});
  await connection.query(sql);
  await connection.end();
}
