import type { Command } from 'commander';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { secretManifests, writeSecretFiles } from './secret-files.js';
import { keepSecrets } from './secrets.js';
import { serviceSecrets, withDatabaseUrls } from './service-secrets.js';

export interface SecretsTools {
  /** Where relative paths begin. */
  folder: string;
  /** Data folder of the stack. */
  dataFolder: () => string;
  out: (text: string) => void;
}

/** `secrets`: made once and kept, for what runs in containers. */
export function addSecretsVerb(program: Command, { folder, dataFolder, out }: SecretsTools): void {
  const verb = program.command('secrets').description('makes the secrets of a stack in containers, once');
  const open = (file: string) => {
    mkdirSync(dirname(file), { recursive: true });
    return serviceSecrets(keepSecrets(file));
  };
  verb
    .command('kubernetes')
    .description('prints Secrets for `kubectl apply -f -`; the same ones each time')
    .option('--namespace <name>', 'where they go', 'cpemon')
    .option('--keep <file>', 'where they are kept (kubernetes-secrets.json of the data folder)')
    .action(({ namespace, keep }: { namespace: string; keep?: string }) => {
      const file = keep === undefined ? join(dataFolder(), 'kubernetes-secrets.json') : resolve(folder, keep);
      out(secretManifests(namespace, open(file)));
    });
  verb
    .command('files')
    .description('writes FOLDER/SERVICE/env for each service; compose.yaml does this by itself')
    .argument('<folder>')
    .option('--database-host <name>', 'name of the database server', 'mysql')
    .option('--database-port <port>', 'its port', '3306')
    .option('--schema <name>', 'its schema', 'cpemon')
    .action((to: string, given: { databaseHost: string; databasePort: string; schema: string }) => {
      const target = resolve(folder, to);
      const server = {
        host: given.databaseHost,
        port: Number(given.databasePort),
        schema: given.schema,
      };
      writeSecretFiles(target, withDatabaseUrls(open(join(target, 'kept/secrets.json')), server));
      out(`Secrets of each service are in ${target}\n`);
    });
  verb
    .command('show')
    .description('prints the tokens and secrets that people and senders need')
    .option('--keep <file>', 'where they are kept (kubernetes-secrets.json of the data folder)')
    .action(({ keep }: { keep?: string }) => {
      const file = keep === undefined ? join(dataFolder(), 'kubernetes-secrets.json') : resolve(folder, keep);
      const { tokens, webhookSecret, cwmpPassword } = keepSecrets(file);
      out(
        `${JSON.stringify({ tokens, webhook_secret: webhookSecret, cwmp_password: cwmpPassword }, null, 2)}\n`,
      );
    });
}
