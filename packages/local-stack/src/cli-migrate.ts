import type { Command } from 'commander';
import { readMigrateEnvironment } from './migrate-config.js';
import { migrateDatabase } from './migrate-database.js';
import { untilMigrated } from './schema-version.js';
import { wholeNumber } from './start-options.js';

export interface MigrateTools {
  environment: NodeJS.ProcessEnv;
  migrationsFolder: string;
  say: (line: string) => void;
}

/** Long enough for a database server to initialise its files on a slow disk. */
const WAIT_SECONDS = 300;
const LONGEST_WAIT_SECONDS = 86_400;

/** `migrate`: for stacks that are not started by `npm start`, which does this by itself. */
export function addMigrateVerb(program: Command, { environment, migrationsFolder, say }: MigrateTools): void {
  program
    .command('migrate')
    .description('brings the schema of DATABASE_URL up to date and gives each service its login')
    .option('--wait', 'change nothing: wait until the schema is as this release needs it')
    .option(
      '--timeout <seconds>',
      'how long to wait for the database',
      wholeNumber(0, LONGEST_WAIT_SECONDS),
      WAIT_SECONDS,
    )
    .addHelpText(
      'after',
      '\nEnvironment: DATABASE_URL; DATABASE_PASSWORD_MIGRATOR, _INGEST, _WRITER, _API, _REPORTING and _MAINTENANCE, all or none.',
    )
    .action(async ({ wait, timeout }: { wait?: true; timeout: number }) => {
      const given = readMigrateEnvironment(environment);
      const options = { migrationsFolder, waitMs: timeout * 1000, say };
      await (wait === true ? untilMigrated(given.admin, options) : migrateDatabase(given, options));
    });
}
