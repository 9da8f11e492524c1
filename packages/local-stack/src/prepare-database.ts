import {
  connect,
  migrate,
  refreshUsers,
  userName,
  type DatabaseAddress,
  type DatabaseRole,
  type MigrationReport,
} from '@cpemon/database';

export interface PreparedDatabase {
  migrations: MigrationReport;
  /** The login of each role. */
  login: (role: DatabaseRole) => DatabaseAddress;
  /** False when the given login may not create users, and is used for every role. */
  hasOwnUsers: boolean;
}

/** A right is missing: 1044 on the schema, 1142 on a table, 1227 a global one, 1410 to grant, 1396 CREATE USER failed. */
const REFUSED = new Set([1044, 1142, 1227, 1396, 1410]);
const UNKNOWN_SCHEMA = 1049;

/**
 * Brings the schema of `admin` up to date and gives each role its own login; creates the schema when it is missing.
 * @throws Error with a sentence for the operator
 */
export async function prepareDatabase(
  admin: DatabaseAddress,
  migrationsFolder: string,
  passwords: Record<DatabaseRole, string>,
): Promise<PreparedDatabase> {
  await createSchema(admin);
  const login = (role: DatabaseRole): DatabaseAddress => ({
    ...admin,
    user: userName(role),
    password: passwords[role],
  });
  const connection = await connect(admin, {});
  try {
    await refreshUsers(connection, admin.schema, { migrator: passwords.migrator });
    const migrations = await migrate(login('migrator'), migrationsFolder);
    await refreshUsers(connection, admin.schema, passwords);
    return { migrations, login, hasOwnUsers: true };
  } catch (error) {
    if (!REFUSED.has((error as { errno?: number }).errno ?? 0)) throw error;
    return { migrations: await migrate(admin, migrationsFolder), login: () => admin, hasOwnUsers: false };
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

async function createSchema(admin: DatabaseAddress): Promise<void> {
  const { schema } = admin;
  try {
    await (await connect(admin, {})).end();
    return;
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string };
    const where = admin.socket ?? `${admin.host}:${admin.port}`;
    if (errno !== UNKNOWN_SCHEMA) {
      throw new Error(`The database at ${where} cannot be used as ${admin.user}: ${message}`, {
        cause: error,
      });
    }
  }
  const server = await connect({ ...admin, schema: 'information_schema' }, {});
  try {
    await server.query(
      `CREATE DATABASE IF NOT EXISTS \`${schema}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    );
  } catch (error) {
    throw new Error(
      `There is no schema ${schema}, and ${admin.user} may not create it: ${(error as Error).message}`,
      { cause: error },
    );
  } finally {
    await server.end();
  }
}
