import { openPool } from '@cpemon/database';
import type { WatchedAppender } from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import type { CpemonApiConfig } from '../config.js';
import { createDatabaseReader } from '../database-reader.js';
import { createImportRunner, type ImportRunner } from './import-runner.js';

const BATCH_DEADLINE_MS = 60_000;
const SWEEP_EVERY_MS = 30_000;

/** What works through imports, on a connection of its own, and ends those whose process is gone. */
export function startInventory(
  { database, inventoryFolder: folder }: Pick<CpemonApiConfig, 'database' | 'inventoryFolder'>,
  appender: Pick<WatchedAppender, 'append'>,
  logger: Logger,
): { runner: ImportRunner; folder: string; stop(): Promise<void> } {
  const pool = openPool(database, { connections: 2 });
  const runner = createImportRunner({ run: createDatabaseReader(pool, BATCH_DEADLINE_MS), appender, logger });
  const timer = setInterval(() => {
    // Without the database nothing can be swept; the next time will do.
    runner.sweep().catch(() => undefined);
  }, SWEEP_EVERY_MS);
  timer.unref();
  return {
    ...{ runner, folder },
    async stop() {
      clearInterval(timer);
      await runner.stop();
      await Promise.race([pool.end(), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    },
  };
}
