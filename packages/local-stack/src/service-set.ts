import { join } from 'node:path';
import { formatDatabaseUrl, type DatabaseAddress, type DatabaseRole } from '@cpemon/database';
import type { ReplicaPorts, ServiceName } from './port-plan.js';
import type { StackSecrets } from './secrets.js';
import { serviceNodeFlags } from './service-node-flags.js';

/** How to run one kind of service. */
export interface ServiceProgram {
  name: ServiceName;
  command: readonly [string, ...string[]];
  folder: string;
  /** @param replica from 1 */
  environment(replica: number, ports: ReplicaPorts): Record<string, string>;
}

/** The user name of CPEs that have no other; one that names its device (OUI-Serial) has the same password. */
export const CWMP_USER = 'cpe';

export interface ServiceSetOptions {
  repository: string;
  /** What every service inherits. */
  inherited: Readonly<Record<string, string>>;
  logLevel: string;
  secrets: StackSecrets;
  login: (role: DatabaseRole) => DatabaseAddress;
  apiUrl: string;
  acsUrl: string;
  devices: number;
  intervalSeconds: number;
  /** Where the database of this stack keeps its data; absent for a given database. */
  databaseFolder?: string;
}

/** A demo does not wait five minutes: a fleet that reports every 5 s turns stale after 10 s and offline after 30 s. */
const SHORT_SILENCE = {
  REACHABILITY_STALE_FLOOR_SECONDS: '5',
  REACHABILITY_OFFLINE_FLOOR_SECONDS: '25',
};

/** The four services of this repository, each with its own database login and what it has to know of the others. */
export function serviceSet(options: ServiceSetOptions): Record<ServiceName, ServiceProgram> {
  const { secrets } = options;
  const url = (role: DatabaseRole) => formatDatabaseUrl(options.login(role));
  const disk: Record<string, string> =
    options.databaseFolder === undefined ? {} : { DATABASE_DISK_PATH: options.databaseFolder };
  const program = (name: ServiceName, own: (replica: number) => Record<string, string>): ServiceProgram => ({
    name,
    command: [
      process.execPath,
      '--enable-source-maps',
      ...serviceNodeFlags(name),
      join(options.repository, 'services', name, 'dist/main.js'),
    ],
    folder: options.repository,
    environment: (replica, { port, cwmpPort, opsPort }) => ({
      ...options.inherited,
      NODE_ENV: 'production',
      LOG_LEVEL: options.logLevel,
      LOG_FORMAT: 'json',
      LISTEN_HOST: '127.0.0.1',
      OPS_PORT: String(opsPort),
      ...(port === undefined ? {} : { PORT: String(port) }),
      ...(cwmpPort === undefined ? {} : { CWMP_PORT: String(cwmpPort) }),
      ...own(replica),
    }),
  });
  return {
    'cpemon-api': program('cpemon-api', () => ({
      DATABASE_URL: url('api'),
      ...disk,
      INGEST_TOKENS: secrets.tokens.ingest,
      HEARTBEAT_SECRETS: secrets.webhookSecret,
      OPERATOR_TOKENS: secrets.tokens.operator,
      VIEWER_TOKENS: secrets.tokens.viewer,
      SESSION_SECRETS: secrets.sessionSecret,
      // Without TLS, on this machine alone.
      SESSION_COOKIE_SECURE: 'false',
      READ_AUTH: 'none',
      ALLOW_TEST_EVENTS: '1',
    })),
    'acs-ingest': program('acs-ingest', () => ({
      DATABASE_URL: url('ingest'),
      ...disk,
      WEBHOOK_SECRETS: secrets.webhookSecret,
      MIRROR_TOKENS: secrets.tokens.ingest,
      OPERATOR_TOKENS: secrets.tokens.operator,
      CWMP_AUTH: 'digest,basic',
      CWMP_CREDENTIALS: `${CWMP_USER}:${secrets.cwmpPassword},*:${secrets.cwmpPassword}`,
      CWMP_SESSION_SECRET: secrets.cwmpSessionSecret,
    })),
    'cpemon-writer': program('cpemon-writer', () => ({
      DATABASE_URL: url('writer'),
      MAINTENANCE_DATABASE_URL: url('maintenance'),
      ...SHORT_SILENCE,
      // So that a device's page has something to draw.
      HISTORY: options.inherited['HISTORY'] ?? 'on',
    })),
    'cpe-simulator': program('cpe-simulator', (replica) => ({
      API_URL: options.apiUrl,
      ACS_URL: options.acsUrl,
      INGEST_TOKEN: secrets.tokens.ingest,
      WEBHOOK_SECRET: secrets.webhookSecret,
      CWMP_PASSWORD: secrets.cwmpPassword,
      DEVICES: String(options.devices),
      INTERVAL_SECONDS: String(options.intervalSeconds),
      // Each further simulator is a fleet of its own.
      ...(replica === 1 ? {} : { SERIAL_PREFIX: `SIM${replica}-`, SEED: String(replica) }),
    })),
  };
}
