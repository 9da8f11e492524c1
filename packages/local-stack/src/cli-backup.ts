import { connect, parseDatabaseUrl, readServerVariables, type DatabaseAddress } from '@cpemon/database';
import type { Command } from 'commander';
import { join, resolve } from 'node:path';
import { adoptDump } from './backup/adopt-dump.js';
import { checkBackup } from './backup/check-backup.js';
import { findOrFetchDumpTools, type DumpTools } from './backup/dump-tools.js';
import { listBackups, removeOldBackups } from './backup/kept-backups.js';
import { readManifest, waitingIn, type BackupManifest } from './backup/manifest.js';
import { restoreBackup } from './backup/restore-backup.js';
import { restoreIntoFolder } from './backup/restore-into-folder.js';
import { takeBackup, type TakenBackup } from './backup/take-backup.js';
import { readEnvironment } from './config.js';
import { findOrFetchServer } from './find-or-fetch-server.js';
import type { StackFile } from './stack-file.js';
import { wholeNumber } from './start-options.js';
import { textTable, type Column } from './text-table.js';

export interface BackupTools {
  environment: NodeJS.ProcessEnv;
  repository: string;
  /** Of the command line's --data. */
  dataFolder: () => string;
  /** @throws Error when none runs */
  stack: () => StackFile;
  answer: <T>(value: T, text: (value: T) => string) => void;
  say: (line: string) => void;
}

const MOST_KEPT = 10_000;

interface ListedBackup extends Omit<BackupManifest, 'rows' | 'format'> {
  folder: string;
}

const COLUMNS: readonly Column<ListedBackup>[] = [
  ['begun at', ({ begun_at: at }) => at],
  ['MiB', ({ dump }) => (dump.bytes / 1024 ** 2).toFixed(1)],
  ['schema', ({ schema_version: version }) => version],
  ['generation', ({ log }) => log.generation],
  ['last event', ({ log }) => log.last_received_at ?? '-'],
  ['folder', ({ folder }) => folder],
];

/** `backup`, `backups list | check | adopt`, `restore`. */
export function addBackupVerbs(program: Command, tools: BackupTools): void {
  const { environment, dataFolder, stack, answer, say } = tools;
  const now = () => new Date();
  const wish = () => ({ ...readEnvironment(environment).server, tell: say });
  const kept = (folder: string, keep: number | undefined): void => {
    if (keep === undefined) return;
    for (const old of removeOldBackups(folder, keep)) say(`Removed ${old}`);
  };

  program
    .command('backup')
    .description('writes a consistent dump of the whole database into a new folder, while everything goes on')
    .requiredOption('--to <folder>', 'where backups are kept')
    .option('--keep <n>', 'removes the oldest backups there beyond so many', wholeNumber(1, MOST_KEPT))
    .addHelpText(
      'after',
      '\nEnvironment: DATABASE_URL (this database, not that of a stack that runs on the data folder).',
    )
    .action(async ({ to, keep }: { to: string; keep?: number }) => {
      const address = givenDatabase(environment) ?? parseDatabaseUrl(stack().database.url);
      const dumpTools = await findOrFetchDumpTools(await flavourOf(address), wish());
      const taken = await takeBackup({ address, tools: dumpTools, to: resolve(to), now, say });
      answer(taken, takenText);
      kept(resolve(to), keep);
    });

  const verbs = program.command('backups').description('what `backup` has written');
  verbs
    .command('list')
    .description('lists the finished backups in a folder, the oldest first')
    .argument('<folder>')
    .action((folder: string) => {
      const found = listBackups(resolve(folder)).map((one): ListedBackup => {
        const { rows: _rows, format: _format, ...rest } = readManifest(one);
        return { ...rest, folder: one };
      });
      answer(found, (all) => textTable(all, COLUMNS, `There are no backups in ${folder}.`));
    });
  verbs
    .command('check')
    .description('reads a whole backup and compares it with its manifest')
    .argument('<folder>', 'of one backup')
    .action(async (folder: string) => {
      const manifest = await checkBackup(resolve(folder));
      answer(manifest, ({ rows }) => {
        const [tables, total] = [Object.keys(rows).length, Object.values(rows).reduce((a, b) => a + b, 0)];
        return `Whole: ${total} rows in ${tables} tables, as its manifest says.`;
      });
    });
  verbs
    .command('adopt')
    .description('makes a backup of a dump that another program wrote: dump.sql.gz and begun')
    .argument('<folder>', 'that holds the dump')
    .requiredOption('--to <folder>', 'where backups are kept, on the same disk')
    .option('--keep <n>', 'removes the oldest backups there beyond so many', wholeNumber(1, MOST_KEPT))
    .action(async (folder: string, { to, keep }: { to: string; keep?: number }) => {
      answer(await adoptDump(resolve(folder), resolve(to), now), takenText);
      kept(resolve(to), keep);
    });

  program
    .command('restore')
    .description(
      'brings a backup into a data folder without a database, as a new generation of the event log',
    )
    .argument('<folder>', 'of one backup')
    .option('--into-database', 'into the empty schema of DATABASE_URL instead')
    .addHelpText('after', '\nEnvironment: DATABASE_URL with --into-database, CPEMON_MYSQLD.')
    .action(async (backup: string, { intoDatabase }: { intoDatabase?: true }) => {
      const given = { folder: resolve(backup), migrationsFolder: join(tools.repository, 'sql'), say };
      readManifest(given.folder);
      const restored =
        intoDatabase === true
          ? await intoGivenDatabase(given)
          : await (async () => {
              const server = await findOrFetchServer(wish());
              const dumpTools = await findOrFetchDumpTools(server.flavour, wish());
              return restoreIntoFolder({
                ...given,
                ...{ server, tools: dumpTools, dataFolder: dataFolder() },
              });
            })();
      answer(restored, ({ manifest, generation }) =>
        [
          `Restored: what was confirmed before ${manifest.begun_at}. The log goes on in generation ${generation}.`,
          `${waitingIn(manifest)} events that were not applied yet will be. Erased devices: erasures import FILE.`,
        ].join('\n'),
      );
    });

  const intoGivenDatabase = async (
    given: Pick<Parameters<typeof restoreBackup>[0], 'folder' | 'migrationsFolder' | 'say'>,
  ) => {
    const address = givenDatabase(environment);
    if (address === undefined) throw new Error('--into-database needs DATABASE_URL.');
    const server = { ...address, schema: 'information_schema' };
    const dumpTools: DumpTools = await findOrFetchDumpTools(await flavourOf(server), wish());
    const restored = await restoreBackup({ ...given, address, tools: dumpTools });
    say('Next: npm run cpemon -- migrate, then the services, the writers first.');
    return restored;
  };
}

function givenDatabase(environment: NodeJS.ProcessEnv): DatabaseAddress | undefined {
  const { databaseUrl } = readEnvironment(environment);
  return databaseUrl === undefined ? undefined : parseDatabaseUrl(databaseUrl);
}

async function flavourOf(address: DatabaseAddress): Promise<DumpTools['flavour']> {
  const connection = await connect(address, {});
  try {
    const version = (await readServerVariables(connection)).get('version') ?? '';
    return /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

const takenText = ({ folder, manifest }: TakenBackup): string => {
  const { dump, rows, log, begun_at: begun, ended_at: ended } = manifest;
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const seconds = (Date.parse(ended) - Date.parse(begun)) / 1000;
  return [
    `Written: ${folder}`,
    `${total} rows, ${(dump.bytes / 1024 ** 2).toFixed(1)} MiB, ${seconds.toFixed(1)} s; generation ${log.generation} with ${log.lanes} lanes, ${waitingIn(manifest)} events not applied yet`,
  ].join('\n');
};
