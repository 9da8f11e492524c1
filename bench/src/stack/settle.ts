import type { SingleConnection } from '@cpemon/database';

const QUIET_HISTORY = 500;

/**
 * Waits until the server has purged what earlier runs left behind, so that their rest does not fall on the next
 * measurement; at most `timeoutMs`.
 */
export async function settle(connection: SingleConnection, timeoutMs = 10_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (performance.now() < giveUpAt) {
    const [rows] = await connection.query(
      `SELECT COUNT AS length FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'`,
    );
    if (Number((rows as { length: number }[])[0]?.length ?? 0) <= QUIET_HISTORY) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
