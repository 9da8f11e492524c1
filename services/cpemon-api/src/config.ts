import {
  parseSecrets,
  readIntakeConfig,
  readSenderRules,
  type IntakeConfig,
  type SenderRules,
} from '@cpemon/intake';
import { tmpdir } from 'node:os';
import { createConfigReader, type ConfigReader } from '@cpemon/service-kit';
import { readBulkdataConfig, type BulkdataConfig } from './bulkdata/bulkdata-config.js';
import { readOperator, type Operator } from './operators/operator-access.js';

export interface CpemonApiConfig extends IntakeConfig {
  ingest: IngestAccess;
  /** Who may send bulk data; 'off' when nobody may. */
  bulkdata: BulkdataConfig | 'off';
  /** Where senders may write from, and which proxies are believed. */
  senders: SenderRules;
  /** Tokens that may read; 'none' when anyone may. */
  readTokens: readonly string[] | 'none';
  /** Who may act on the log; whether or not anyone may read. */
  operators: readonly Operator[];
  viewerTokens: readonly string[];
  /** Where bodies of imports wait while their rows are applied. */
  inventoryFolder: string;
  /** For tests and demos: take events in that fail when they are applied. */
  allowTestEvents: boolean;
}

/** Who may send heartbeats and telemetry: tokens, or secrets of signed bodies; 'none' when anyone may. */
export type IngestAccess = IngestSecrets | 'none';

export interface IngestSecrets {
  tokens: readonly string[];
  secrets: readonly string[];
  /** A file of further secrets, which is followed. */
  secretsFile?: string;
}

/** @throws ConfigError that lists every problem of the environment */
export function readConfig(
  // eslint-disable-next-line no-restricted-properties -- the one place of this service that reads the environment
  env: NodeJS.ProcessEnv = process.env,
): CpemonApiConfig {
  const reader = createConfigReader(env);
  const ingest = readIngestAccess(reader);
  const config = {
    ...readIntakeConfig(reader, { name: 'cpemon-api', port: 8080, operationsPort: 9101 }),
    ingest,
    bulkdata: readBulkdataConfig(reader, ingest !== 'none' && ingest.tokens.length > 0),
    senders: readSenderRules(reader),
    ...readReaders(reader),
    inventoryFolder: reader.string('INVENTORY_FOLDER', { default: tmpdir() }),
    allowTestEvents: reader.boolean('ALLOW_TEST_EVENTS', { default: false }),
  };
  reader.finish();
  return config;
}

const optionalSecrets = (reader: ConfigReader, name: string): string[] =>
  reader.list(name, { default: [], secret: true });
const secrets = (reader: ConfigReader, name: string): string[] => reader.list(name, { secret: true });

function readIngestAccess(reader: ConfigReader): IngestAccess {
  const auth = reader.string('INGEST_AUTH', { default: 'token', oneOf: ['token', 'none'] });
  if (auth === 'none') return 'none';
  const signing = reader.parsed('HEARTBEAT_SECRETS', parseSecrets, { default: [], secret: true });
  const secretsFile = reader.optionalString('HEARTBEAT_SECRETS_FILE');
  const isNeeded = signing.length === 0 && secretsFile === undefined;
  const tokens = isNeeded ? secrets(reader, 'INGEST_TOKENS') : optionalSecrets(reader, 'INGEST_TOKENS');
  return { tokens, secrets: signing, ...(secretsFile === undefined ? {} : { secretsFile }) };
}

function readReaders(
  reader: ConfigReader,
): Pick<CpemonApiConfig, 'readTokens' | 'operators' | 'viewerTokens'> {
  const auth = reader.string('READ_AUTH', { default: 'token', oneOf: ['token', 'none'] });
  const operators = optionalSecrets(reader, 'OPERATOR_TOKENS').map(readOperator);
  const viewerTokens =
    auth === 'token' && operators.length === 0
      ? secrets(reader, 'VIEWER_TOKENS')
      : optionalSecrets(reader, 'VIEWER_TOKENS');
  const readTokens = auth === 'none' ? auth : [...operators.map(({ token }) => token), ...viewerTokens];
  return { readTokens, operators, viewerTokens };
}
