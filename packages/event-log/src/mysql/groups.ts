import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { OperatorError } from '../operator-error.js';

/** @throws OperatorError `unknown_group` when no consumer group has that name */
export async function requireGroup(connection: Connection, group: string): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT 1 FROM log_groups WHERE grp = ?', [group]);
  if (rows.length === 0)
    throw new OperatorError(404, 'unknown_group', `There is no consumer group ${group}.`);
}
