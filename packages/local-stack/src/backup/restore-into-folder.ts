import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataLayout } from '../data-layout.js';
import { startPrivateDatabase } from '../private-database.js';
import { keepSecrets } from '../secrets.js';
import type { ServerBinary } from '../server-binary.js';
import { lockStack } from '../stack-lock.js';
import { restoreBackup, type Restored, type RestoreOptions } from './restore-backup.js';

export interface FolderRestoreOptions extends Pick<
  RestoreOptions,
  'folder' | 'tools' | 'migrationsFolder' | 'say'
> {
  /** The data folder of a stack that does not run; it holds no database yet. */
  dataFolder: string;
  server: ServerBinary;
}

/** Until the restore is over its files are nobody's: a crash means that it is begun anew. */
const HASTE = ['--innodb-flush-log-at-trx-commit=0', '--max-allowed-packet=64M'];
const STOP_GRACE_MS = 60_000;

/**
 * Restores a backup into the data folder of a stack. Secrets that lie there are kept, else new ones are made.
 * @throws Error with a sentence; the database that was begun is removed then
 */
export async function restoreIntoFolder(options: FolderRestoreOptions): Promise<Restored> {
  const { dataFolder, server, ...given } = options;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const layout = dataLayout(dataFolder);
  const unlock = lockStack(layout.lock, layout.folder);
  try {
    if (existsSync(join(layout.database, 'data')))
      throw new Error(`${dataFolder} holds a database: a backup is restored into a folder without one only.`);
    const secrets = keepSecrets(layout.secrets);
    let finished = false;
    try {
      const database = await startPrivateDatabase({
        ...{ server, folder: layout.database, adminPassword: secrets.databaseAdmin, args: HASTE },
      });
      try {
        const address = { ...database.address, schema: 'cpemon' };
        const restored = await restoreBackup({ ...given, address, passwords: secrets.databaseUsers });
        finished = true;
        return restored;
      } finally {
        await database.stop(STOP_GRACE_MS);
      }
    } finally {
      if (!finished) rmSync(layout.database, { recursive: true, force: true });
    }
  } finally {
    unlock();
  }
}
