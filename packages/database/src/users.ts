import type { Connection } from './connection.js';

export const DATABASE_ROLES = ['migrator', 'ingest', 'writer', 'api', 'reporting', 'maintenance'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** The database user of a role. Users are per server; each schema adds its own grants. */
export function userName(role: DatabaseRole): string {
  return `cpemon_${role}`;
}

type TablePrivilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE' | 'ALTER' | 'DROP';

interface Privileges {
  /** On the whole schema. */
  schema: readonly string[];
  /** On a table or view, by its name. */
  table: (name: string) => readonly TablePrivilege[];
}

const isView = (table: string) => table.startsWith('v_');
const isLog = (table: string) => table.startsWith('log_');
const isIntake = (table: string) => table.startsWith('intake_');
const isInventory = (table: string) =>
  table === 'expected_devices' || table.startsWith('inventory_') || table.startsWith('label_set');

const isErasure = (table: string) => table.startsWith('erasure');

/** What operators plan, and nobody else writes. */
const isPlanned = (table: string) => table === 'silences' || table === 'maintenance_windows';
const isAccess = (table: string) => table.startsWith('access_');

/** What an append needs: the log grows, the lanes' heads move, and the process says that it accepts. */
function ingestPrivileges(table: string): readonly TablePrivilege[] {
  if (table === 'log_records') return ['SELECT', 'INSERT'];
  if (table === 'log_lanes' || table === 'log_producers') return ['SELECT', 'INSERT', 'UPDATE'];
  // A process waits for the schema that its release needs.
  if (table === 'log_generations' || table === 'schema_migrations') return ['SELECT'];
  // How much waits in the log, so that intake stops before the disk is full.
  if (table === 'log_offsets' || table === 'log_groups') return ['SELECT'];
  if (isIntake(table)) return ['SELECT', 'INSERT', 'UPDATE'];
  return [];
}

/** What the owner of lanes needs: it reads the log, moves its offsets, and alone writes device tables. */
function writerPrivileges(table: string): readonly TablePrivilege[] {
  if (table === 'schema_migrations' || isView(table) || isIntake(table)) return ['SELECT'];
  if (OWNED_LOG_TABLES.includes(table)) return ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
  // MySQL wants UPDATE for a locking read; a generation is marked ready by the writer that handed it over.
  if (table === 'log_lanes' || table === 'log_generations') return ['SELECT', 'UPDATE'];
  if (isLog(table) || table === 'operator_audit') return ['SELECT'];
  // Alerts are evaluated and sent by one writer at a time.
  if (table === 'job_leases') return ['SELECT', 'INSERT', 'UPDATE'];
  if (isPlanned(table)) return ['SELECT'];
  // Inventory is written by the API; owners only read it.
  if (isInventory(table)) return ['SELECT'];
  // Who may ask is no business of theirs.
  if (isAccess(table)) return [];
  return ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
}

/** Tables of the log that the owner of a lane writes. */
const OWNED_LOG_TABLES: readonly string[] = [
  ...['log_offsets', 'log_members', 'log_groups', 'log_parked', 'log_dead_letters', 'log_skips'],
  ...['log_replay_lanes', 'log_replay_failures', 'log_rebuilds'],
];

/** Where an operator's wish is written down for the lane's owner. */
const WISH_TABLES: readonly string[] = [
  ...['log_dead_letters', 'log_skips', 'log_replays', 'log_replay_lanes', 'log_rebuilds'],
];

/** The API takes events, answers questions, and writes down what operators ask for. */
function apiPrivileges(table: string): readonly TablePrivilege[] {
  if (table === 'operator_audit') return ['SELECT', 'INSERT'];
  // An operator opens a generation through it: the old one is sealed, the new one and its lanes are added.
  if (table === 'log_generations') return ['SELECT', 'INSERT', 'UPDATE'];
  if (isInventory(table) || isAccess(table)) return ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
  // Erasures are asked for, and tombstones brought along after a restore.
  if (isErasure(table)) return ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
  if (isPlanned(table)) return ['SELECT', 'INSERT', 'UPDATE'];
  // An operator acknowledges an alert.
  if (table === 'alerts') return ['SELECT', 'UPDATE'];
  // An operator releases an identity.
  if (table === 'quarantined_identities') return ['SELECT', 'UPDATE'];
  if (WISH_TABLES.includes(table)) return ['SELECT', 'INSERT', 'UPDATE'];
  return ['SELECT', ...ingestPrivileges(table).filter((privilege) => privilege !== 'SELECT')];
}

const AGEING_TABLES: readonly string[] = [
  ...['log_producers', 'log_members', 'intake_processes', 'intake_gaps', 'operator_audit'],
  'quarantined_identities',
  ...['change_feed', 'alerts', 'outbox', 'silences', 'maintenance_windows'],
  // Of an erased device.
  'device_events',
  ...[
    'log_dead_letters',
    'log_skips',
    'log_replays',
    'log_replay_lanes',
    'log_replay_failures',
    'log_rebuilds',
  ],
];

/** What scheduled work needs: partitions are added (ALTER, CREATE, INSERT) and dropped, and what is over goes. */
function maintenancePrivileges(table: string): readonly TablePrivilege[] {
  if (table === 'log_records' || table === 'ddl_room') return ['SELECT', 'INSERT', 'CREATE', 'ALTER', 'DROP'];
  if (table === 'job_leases') return ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
  if (table === 'log_retention' || table === 'log_groups') return ['SELECT', 'INSERT', 'UPDATE'];
  if (table === 'log_offsets') return ['SELECT', 'UPDATE'];
  if (table === 'log_lanes' || table === 'log_generations') return ['SELECT'];
  // History is packed, and its partitions are made and dropped; of a device that is gone nothing is packed.
  if (table.startsWith('history_'))
    return ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP'];
  if (table === 'devices' || table === 'change_feed_heads' || table === 'log_parked') return ['SELECT'];
  if (isErasure(table)) return ['SELECT', 'UPDATE', 'DELETE'];
  return AGEING_TABLES.includes(table) ? ['SELECT', 'DELETE'] : [];
}

const PRIVILEGES: Record<DatabaseRole, Privileges> = {
  migrator: {
    schema: [
      ...[
        'SELECT',
        'INSERT',
        'UPDATE',
        'DELETE',
        'CREATE',
        'ALTER',
        'DROP',
        'INDEX',
        'REFERENCES',
        'TRIGGER',
      ],
      ...['CREATE VIEW', 'SHOW VIEW', 'CREATE ROUTINE', 'ALTER ROUTINE', 'EXECUTE'],
    ],
    table: () => [],
  },
  ingest: { schema: ['EXECUTE'], table: ingestPrivileges },
  writer: { schema: ['EXECUTE'], table: writerPrivileges },
  api: { schema: ['EXECUTE'], table: apiPrivileges },
  reporting: { schema: [], table: (table) => (isView(table) ? ['SELECT'] : []) },
  maintenance: { schema: [], table: maintenancePrivileges },
};

/**
 * What dashboards and people's statements may take at most, so that none of them keeps the database from its work:
 * Grafana holds 5 connections, KEDA one or two. Only MariaDB bounds the time of a user's statements.
 */
const REPORTING_LIMITS = { connections: 15, statementSeconds: 30 };

/**
 * Creates the users of the given roles or sets their passwords anew, and gives each exactly the rights of its role in
 * `schema`: tables of the latest migration are added, rights of an older release taken back. Rights in other schemas
 * stay. Run it after the migrations, for `migrator` before them; `admin` needs CREATE USER and GRANT OPTION.
 */
export async function refreshUsers(
  admin: Connection,
  schema: string,
  passwords: Partial<Record<DatabaseRole, string>>,
): Promise<void> {
  const tables = await tablesOf(admin, schema);
  for (const role of DATABASE_ROLES) {
    const password = passwords[role];
    if (password === undefined) continue;
    const account = `'${userName(role)}'@'%'`;
    await admin.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ?`, [password]);
    await admin.query(`ALTER USER ${account} IDENTIFIED BY ?`, [password]);
    if (role === 'reporting') await limitReporting(admin, account);
    await grantWanted(admin, schema, account, PRIVILEGES[role], tables);
    await revokeUnwanted(admin, schema, account, PRIVILEGES[role]);
  }
}

async function limitReporting(admin: Connection, account: string): Promise<void> {
  const { connections, statementSeconds } = REPORTING_LIMITS;
  const [rows] = await admin.query('SELECT VERSION() AS version');
  const [{ version }] = rows as [{ version: string }];
  const ofTime = /mariadb/i.test(version) ? ` MAX_STATEMENT_TIME ${statementSeconds}` : '';
  await admin.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS ${connections}${ofTime}`);
}

async function grantWanted(
  admin: Connection,
  schema: string,
  account: string,
  { schema: onSchema, table }: Privileges,
  tables: string[],
): Promise<void> {
  if (onSchema.length > 0)
    await admin.query(`GRANT ${onSchema.join(', ')} ON ${pattern(schema)}.* TO ${account}`);
  for (const name of tables) {
    const wanted = table(name);
    if (wanted.length > 0)
      await admin.query(`GRANT ${wanted.join(', ')} ON \`${schema}\`.\`${name}\` TO ${account}`);
  }
}

async function revokeUnwanted(
  admin: Connection,
  schema: string,
  account: string,
  { schema: onSchema, table }: Privileges,
): Promise<void> {
  const [tableRows] = await admin.query(
    `SELECT table_name AS name, privilege_type AS privilege FROM information_schema.table_privileges
      WHERE grantee = ? AND table_schema = ?`,
    [account, schema],
  );
  for (const { name, privilege } of tableRows as { name: string; privilege: TablePrivilege }[]) {
    if (table(name).includes(privilege)) continue;
    await admin.query(`REVOKE ${privilege} ON \`${schema}\`.\`${name}\` FROM ${account}`);
  }
  const [schemaRows] = await admin.query(
    `SELECT privilege_type AS privilege FROM information_schema.schema_privileges
      WHERE grantee = ? AND table_schema = ? AND privilege_type <> 'USAGE'`,
    [account, pattern(schema).replaceAll('`', '')],
  );
  for (const { privilege } of schemaRows as { privilege: string }[]) {
    if (onSchema.includes(privilege)) continue;
    await admin.query(`REVOKE ${privilege} ON ${pattern(schema)}.* FROM ${account}`);
  }
}

async function tablesOf(admin: Connection, schema: string): Promise<string[]> {
  const [rows] = await admin.query(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name',
    [schema],
  );
  return (rows as { name: string }[]).map(({ name }) => name);
}

/** In a schema-wide GRANT the name is a LIKE pattern: `_` would match any character. */
function pattern(schema: string): string {
  return `\`${schema.replaceAll('_', '\\_')}\``;
}
