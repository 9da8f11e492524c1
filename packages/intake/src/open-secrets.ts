import { Gauge, type Logger, type Registry } from '@cpemon/service-kit';
import { followSecretsFile } from './secrets-file.js';
import { fixedSecrets, type SigningSecrets } from './signing-secrets.js';

/** Secrets that signatures are checked with, until `stop`. */
export interface OpenSecrets extends SigningSecrets {
  stop(): void;
}

/**
 * The secrets of a variable and, where there is one, of a file that is followed, with their metrics.
 * @throws Error with a sentence for the operator when the file cannot be used
 */
export async function openSecrets(
  { secrets, secretsFile }: { secrets: readonly string[]; secretsFile: string | undefined },
  registry: Registry,
  logger: Pick<Logger, 'warn' | 'info'>,
): Promise<OpenSecrets> {
  const registers = [registry];
  const live = new Gauge({
    name: 'cpemon_ingest_live_secrets',
    help: 'Secrets with which a sender may sign now',
    registers,
  });
  live.set(secrets.length);
  if (secretsFile === undefined) return { ...fixedSecrets(secrets), stop() {} };
  const good = new Gauge({
    name: 'cpemon_ingest_secrets_file_good',
    help: '0 while the file of secrets cannot be read or is wrong, and those read before stay in use',
    registers,
  });
  return followSecretsFile({
    ...{ path: secretsFile, fixed: secrets, logger },
    seen(count, isGood) {
      live.set(count);
      good.set(isGood ? 1 : 0);
    },
  });
}
