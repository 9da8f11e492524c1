import { readIntakeConfig, type IntakeConfig } from '@cpemon/intake';
import { createConfigReader } from '@cpemon/service-kit';

export interface AcsIngestConfig extends IntakeConfig {
  /** Every one of them is live; 'none' when anyone may post. */
  webhookSecrets: readonly string[] | 'none';
}

/** @throws ConfigError that lists every problem of the environment */
export function readConfig(
  // eslint-disable-next-line no-restricted-properties -- the one place of this service that reads the environment
  env: NodeJS.ProcessEnv = process.env,
): AcsIngestConfig {
  const reader = createConfigReader(env);
  const intake = readIntakeConfig(reader, { name: 'acs-ingest', port: 8081, operationsPort: 9102 });
  const auth = reader.string('WEBHOOK_AUTH', { default: 'signature', oneOf: ['signature', 'none'] });
  const webhookSecrets = auth === 'none' ? 'none' : reader.list('WEBHOOK_SECRETS', { secret: true });
  reader.finish();
  return { ...intake, webhookSecrets };
}
