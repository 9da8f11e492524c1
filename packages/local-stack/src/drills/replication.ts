import { connect, type DatabaseAddress, type SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { startPrivateDatabase, type PrivateDatabase } from '../private-database.js';
import type { ServerBinary } from '../server-binary.js';
import { until } from './drill-stack.js';

/** How commits of the primary treat its replica. */
export type ReplicationMode = 'semi-sync' | 'async';

export interface PairOptions {
  server: ServerBinary;
  folder: string;
  mode: ReplicationMode;
  password: string;
  ports: { primary: number; replica: number };
  /** Where the replica finds its primary: a link of its own, between machines that are apart. */
  linkPort: number;
}

const MIB = 1024 * 1024;
const REPLICATION_USER = 'cpemon_replica';
const READY_WITHIN_MS = 60_000;
/** Never falls back by itself: a commit waits until a replica has it, however long that takes. */
export const NEVER_MS = 4_294_967_295;

const BOTH = [
  '--log-bin=binlog',
  '--sync-binlog=1',
  '--binlog-format=ROW',
  '--relay-log=relay',
  '--log-slave-updates=ON',
  '--slave-parallel-threads=4',
  '--slave-parallel-mode=optimistic',
  '--skip-slave-start',
];

/** MariaDB's names; it has semi-synchronous replication built in. */
const SEMI_SYNC: Record<string, string | number> = {
  rpl_semi_sync_master_timeout: NEVER_MS,
  rpl_semi_sync_master_wait_point: 'AFTER_SYNC',
  rpl_semi_sync_master_enabled: 1,
};

/** Starts a primary that nobody replicates yet. */
export function startPrimary(options: PairOptions): Promise<PrivateDatabase> {
  return startServer(options, 'primary', ['--server-id=1']);
}

/** Starts an empty replica and attaches it; resolves when it has all that the primary has. */
export async function startReplica(options: PairOptions, primary: DatabaseAddress): Promise<PrivateDatabase> {
  const replica = await startServer(options, 'replica', [
    ...['--server-id=2', '--read-only=ON'],
    ...(options.mode === 'async' ? [] : ['--rpl-semi-sync-slave-enabled=ON']),
  ]);
  await withServer(primary, async (connection) => {
    await connection.query(`CREATE USER ?@'%' IDENTIFIED BY ?`, [REPLICATION_USER, options.password]);
    await connection.query(`GRANT REPLICATION SLAVE ON *.* TO ?@'%'`, [REPLICATION_USER]);
    // From here on commits wait for the replica.
    for (const [name, value] of Object.entries(options.mode === 'async' ? {} : SEMI_SYNC))
      await connection.query(`SET GLOBAL ${name} = ?`, [value]);
  });
  await withServer(replica.address, async (connection) => {
    // What it logged of its own start is no part of the primary's history.
    await connection.query('RESET MASTER');
    await connection.query("SET GLOBAL gtid_slave_pos = ''");
    await connection.query(
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ?, MASTER_USER = ?, MASTER_PASSWORD = ?,
              MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
      [options.linkPort, REPLICATION_USER, options.password],
    );
    await connection.query('START SLAVE');
  });
  if (options.mode === 'semi-sync')
    await until('the primary waits for its replica', () => waitsForReplica(primary), READY_WITHIN_MS);
  return replica;
}

function startServer(
  { server, folder, password, ports }: PairOptions,
  name: 'primary' | 'replica',
  args: readonly string[],
): Promise<PrivateDatabase> {
  return startPrivateDatabase({
    ...{ server, folder: `${folder}/${name}`, adminPassword: password, port: ports[name] },
    ...{ bufferPoolBytes: 192 * MIB, redoLogBytes: 64 * MIB },
    args: [...BOTH, ...args],
  });
}

async function waitsForReplica(primary: DatabaseAddress): Promise<boolean> {
  return withServer(primary, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SHOW GLOBAL STATUS WHERE Variable_name IN ('Rpl_semi_sync_master_clients', 'Rpl_semi_sync_master_status')",
    );
    const values = rows.map((row) => String(row['Value']));
    return values.includes('ON') && values.includes('1');
  });
}

/** Stops and starts what fetches the primary's log. */
export async function setFetching(replica: DatabaseAddress, fetching: boolean): Promise<void> {
  await withServer(replica, (connection) =>
    connection.query(fetching ? 'START SLAVE IO_THREAD' : 'STOP SLAVE IO_THREAD'),
  );
}

/**
 * Makes the replica take writes: after it has applied all it was sent, as commits that the primary acknowledged may be
 * in its relay log only. It waits for no replica then, as it has none.
 */
export async function promote(replica: DatabaseAddress): Promise<void> {
  await withServer(replica, async (connection) => {
    await connection.query('STOP SLAVE IO_THREAD');
    await until('the replica has applied what it was sent', () => hasAppliedAll(connection), READY_WITHIN_MS);
    await connection.query('STOP SLAVE');
    await connection.query('RESET SLAVE ALL');
    await connection.query('SET GLOBAL read_only = OFF');
  });
}

async function hasAppliedAll(connection: SingleConnection): Promise<boolean> {
  const [[row]] = await connection.query<RowDataPacket[]>('SHOW SLAVE STATUS');
  if (row === undefined) throw new Error('it is no replica');
  if (row['Last_SQL_Error'] !== '') throw new Error(String(row['Last_SQL_Error']));
  const [[position]] = await connection.query<RowDataPacket[]>('SELECT @@GLOBAL.gtid_slave_pos AS applied');
  return row['Gtid_IO_Pos'] === position?.['applied'];
}

export async function withServer<T>(
  address: DatabaseAddress,
  work: (connection: SingleConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect(address, {});
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
