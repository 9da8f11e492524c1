import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from './connection.js';

/**
 * What a commit waits for besides its own disk. held: a replica has it too. lost: that is switched on, and commits do not
 * wait any more, or no replica is there to wait for. off: the server was not told to wait.
 */
export type SemiSync = 'held' | 'lost' | 'off';

/** MariaDB has it built in; MySQL as a plugin, which calls the primary source since 8.0.26. */
const ENABLED = ['rpl_semi_sync_master_enabled', 'rpl_semi_sync_source_enabled'];
const ACTIVE = ['Rpl_semi_sync_master_status', 'Rpl_semi_sync_source_status'];
const REPLICAS = ['Rpl_semi_sync_master_clients', 'Rpl_semi_sync_source_clients'];

/** Asks the server that this connection leads to. Needs no privilege. */
export async function readSemiSync(connection: Connection): Promise<SemiSync> {
  const [variables] = await connection.query<RowDataPacket[]>(
    'SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)',
    [ENABLED],
  );
  if (!variables.some((row) => row['Value'] === 'ON')) return 'off';
  const [status] = await connection.query<RowDataPacket[]>('SHOW GLOBAL STATUS WHERE Variable_name IN (?)', [
    [...ACTIVE, ...REPLICAS],
  ]);
  const of = (names: readonly string[]): string[] =>
    status.filter((row) => names.includes(String(row['Variable_name']))).map((row) => String(row['Value']));
  const waits = of(ACTIVE).includes('ON') && of(REPLICAS).some((count) => Number(count) > 0);
  return waits ? 'held' : 'lost';
}
