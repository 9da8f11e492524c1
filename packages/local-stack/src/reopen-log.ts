import { userInfo } from 'node:os';
import { connect, type DatabaseAddress } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/**
 * Opens a new generation of the event log with as many lanes as it has, before any service takes an event: what was
 * accepted after the backup had positions that would otherwise be given a second time.
 * @returns its number
 */
export async function reopenLog(admin: DatabaseAddress, reason = 'started with --restored'): Promise<number> {
  const connection = await connect(admin, {});
  try {
    const [results] = await connection.query<RowDataPacket[][]>(
      `CALL open_generation(
         (SELECT lanes FROM log_generations ORDER BY generation DESC LIMIT 1), ?, ?, 'log.restored')`,
      [reason, userInfo().username],
    );
    return (results[0] as RowDataPacket[])[0]?.['generation'] as number;
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}
