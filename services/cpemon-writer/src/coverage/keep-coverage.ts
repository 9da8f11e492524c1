import { connect, type DatabaseAddress } from '@cpemon/database';
import type { Logger } from '@cpemon/service-kit';
import { addCoverage, removeOldCoverage } from '@cpemon/store';
import type { Coverage } from './coverage.js';

export interface KeepCoverageOptions {
  coverage: Coverage;
  address: DatabaseAddress;
  logger: Pick<Logger, 'warn'>;
  /** For the metrics: whether what was counted could be written, and how many rows went to the others. */
  flushed: (outcome: 'written' | 'failed', others: number) => void;
  everyMs?: number;
}

const EVERY_MS = 60_000;
/** Flushes between two looks for what is old. */
const TIDY_EVERY = 60;
/** A flush that takes longer is cut and comes again: nothing waits for it. */
const DEADLINE_MS = 20_000;

/** Writes what was counted each minute, and a last time at `stop`; what could not be written is kept for the next time. */
export function keepCoverage(options: KeepCoverageOptions): {
  flush(): Promise<void>;
  stop(): Promise<void>;
} {
  const { coverage, address, logger, flushed, everyMs = EVERY_MS } = options;
  let flushes = 0;
  let failing = false;

  const write = async (): Promise<void> => {
    const rows = coverage.take();
    if (rows.models.length === 0) return;
    try {
      const others = await inTransaction(address, async (connection) => {
        const left = await addCoverage(connection, rows);
        if (flushes % TIDY_EVERY === 0) await removeOldCoverage(connection);
        return left;
      });
      flushes += 1;
      failing = false;
      flushed('written', others);
    } catch (error) {
      coverage.putBack(rows);
      flushed('failed', 0);
      if (!failing)
        logger.warn({ err: error }, 'Coverage could not be written; it is kept for the next minute');
      failing = true;
    }
  };
  let underWay: Promise<void> | undefined;
  const flush = (): Promise<void> => (underWay ??= write().finally(() => (underWay = undefined)));
  const timer = setInterval(() => void flush(), everyMs).unref();
  return {
    flush,
    async stop() {
      clearInterval(timer);
      await underWay;
      await flush();
    },
  };
}

async function inTransaction<T>(
  address: DatabaseAddress,
  work: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const connection = await connect(address, { lockWaitSeconds: 5, abandonedAfterSeconds: 30 });
  const deadline = setTimeout(() => connection.destroy(), DEADLINE_MS);
  try {
    await connection.query('START TRANSACTION');
    const result = await work(connection);
    await connection.query('COMMIT');
    return result;
  } finally {
    clearTimeout(deadline);
    // Ends the transaction that was not committed.
    connection.destroy();
  }
}
