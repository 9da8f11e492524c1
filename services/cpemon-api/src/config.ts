import {
  parseSecrets,
  readIntakeConfig,
  readSenderRules,
  type IntakeConfig,
  type SenderRules,
} from '@cpemon/intake';
import { availableParallelism, tmpdir } from 'node:os';
import { readDeviceModelsConfig, type DeviceModelsConfig } from '@cpemon/model-folder';
import { createConfigReader, type ConfigReader } from '@cpemon/service-kit';
import { readBulkdataConfig, type BulkdataConfig } from './bulkdata/bulkdata-config.js';
import { parseDeviceLinks, type DeviceLinkTemplate } from './devices/device-links.js';
import { DEFAULT_READ_RATE } from './access/request-rates.js';
import type { MaskFor } from './access/personal-data.js';
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
  /** Who may look up one device at a time, saying why. */
  supporters: readonly Operator[];
  /** What signs the cookies of those who log in: the first signs, all are believed. None: nobody can log in. */
  sessionSecrets: readonly string[];
  /** Whether browsers send the cookie over TLS only. */
  sessionCookieSecure: boolean;
  /** Who sees addresses, MAC addresses and PPPoE users in part only. */
  maskFor: MaskFor;
  /** Questions of one person from one address, each second; five seconds' worth at once. */
  readRequestsPerSecond: number;
  /** Ways from a device to other systems. */
  deviceLinks: readonly DeviceLinkTemplate[];
  /** Whether a second thread reads bodies of many events. */
  readingThread: boolean;
  /** Where bodies of imports wait while their rows are applied. */
  inventoryFolder: string;
  deviceModels: DeviceModelsConfig;
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
    sessionSecrets: optionalSecrets(reader, 'SESSION_SECRETS'),
    sessionCookieSecure: reader.boolean('SESSION_COOKIE_SECURE', { default: true }),
    maskFor: reader.string('MASK_PERSONAL_DATA', {
      ...{ default: 'nobody', oneOf: ['nobody', 'viewers'] },
    }) as MaskFor,
    readRequestsPerSecond: reader.integer('READ_REQUESTS_PER_SECOND', {
      ...{ default: DEFAULT_READ_RATE.perSecond, min: 1, max: 1_000_000 },
    }),
    deviceLinks: reader.parsed<readonly DeviceLinkTemplate[]>('DEVICE_LINKS', parseDeviceLinks, {
      default: [],
    }),
    readingThread: reader.boolean('READING_THREAD', { default: availableParallelism() > 1 }),
    inventoryFolder: reader.string('INVENTORY_FOLDER', { default: tmpdir() }),
    deviceModels: readDeviceModelsConfig(reader),
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
): Pick<CpemonApiConfig, 'readTokens' | 'operators' | 'viewerTokens' | 'supporters'> {
  const auth = reader.string('READ_AUTH', { default: 'token', oneOf: ['token', 'none'] });
  const operators = optionalSecrets(reader, 'OPERATOR_TOKENS').map(readOperator);
  const viewerTokens =
    auth === 'token' && operators.length === 0
      ? secrets(reader, 'VIEWER_TOKENS')
      : optionalSecrets(reader, 'VIEWER_TOKENS');
  const readTokens = auth === 'none' ? auth : [...operators.map(({ token }) => token), ...viewerTokens];
  const supporters = optionalSecrets(reader, 'SUPPORT_TOKENS').map(readOperator);
  return { readTokens, operators, viewerTokens, supporters };
}
