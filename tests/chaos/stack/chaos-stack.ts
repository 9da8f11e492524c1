import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { formatDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { waitFor } from '../pause.js';
import type { ChaosDatabase } from './chaos-database.js';
import { freePort } from './free-port.js';
import { createReplica, type Replica, type ServiceName } from './replica.js';

/** The shortest lease that a writer takes: faults outlast it sooner. */
export const LEASE_MS = 3000;
/** How long a sender waits for the log before an ingest process answers 503. */
const APPEND_TIMEOUT_MS = 4000;
const READY_WITHIN_MS = 60_000;
const STOP_GRACE_MS = 8000;

/** Places for processes; as many of them run at the start. */
const PLACES: Record<ServiceName, { places: number; running: number }> = {
  'acs-ingest': { places: 2, running: 1 },
  'cpemon-api': { places: 2, running: 2 },
  'cpemon-writer': { places: 3, running: 2 },
};

export interface Tokens {
  ingest: string;
  operator: string;
  webhookSecret: string;
}

export interface ChaosStackOptions {
  database: ChaosDatabase;
  /** Root of the build that is run. */
  program: string;
  folder: string;
  /** Further environment of every service. */
  environment?: Readonly<Record<string, string>>;
}

/** The services, each place with a proxy of its own to the database. */
export interface ChaosStack {
  database: ChaosDatabase;
  tokens: Tokens;
  replicas: readonly Replica[];
  of(service: ServiceName): Replica[];
  /** URLs of the places that are meant to run. */
  urls(service: ServiceName): string[];
  /** Waits until every place that is meant to run is ready. */
  ready(timeoutMs?: number): Promise<boolean>;
  /** Ends everything but the database. */
  stop(): Promise<void>;
}

export async function startChaosStack(options: ChaosStackOptions): Promise<ChaosStack> {
  const { database } = options;
  const tokens = {
    ingest: randomBytes(16).toString('hex'),
    operator: randomBytes(16).toString('hex'),
    webhookSecret: randomBytes(16).toString('hex'),
  };
  const replicas: Replica[] = [];
  for (const [name, { places, running }] of Object.entries(PLACES)) {
    for (let place = 1; place <= places; place += 1) {
      const replica = await makePlace(options, tokens, name as ServiceName, place);
      replicas.push(replica);
      if (place <= running) replica.start();
    }
  }
  const of = (service: ServiceName): Replica[] => replicas.filter((replica) => replica.service === service);
  return {
    database,
    tokens,
    replicas,
    of,
    urls: (service) => of(service).flatMap((replica) => (replica.wanted() ? [replica.url] : [])),
    ready: (timeoutMs = READY_WITHIN_MS) =>
      waitFor(async () => {
        const answers = await Promise.all(
          replicas.filter((replica) => replica.wanted()).map((replica) => replica.ready()),
        );
        return answers.every((ready) => ready);
      }, timeoutMs),
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop(STOP_GRACE_MS)));
      await Promise.all(replicas.map((replica) => replica.proxy.close()));
    },
  };
}

async function makePlace(
  { database, program, folder, environment }: ChaosStackOptions,
  tokens: Tokens,
  service: ServiceName,
  place: number,
): Promise<Replica> {
  const proxy = await startFaultProxy(database.address);
  const [port, operationsPort] = [await freePort(), await freePort()];
  const name = `${service}-${place}`;
  const url = (login: DatabaseAddress): string => {
    const { host, port } = proxy.address;
    const { socket: _socket, ...rest } = login;
    return formatDatabaseUrl({ ...rest, host, port });
  };
  let starts = 0;
  return createReplica({
    service,
    name,
    program,
    logFile: join(folder, `${name}.log`),
    proxy,
    url: `http://127.0.0.1:${port}`,
    operationsUrl: `http://127.0.0.1:${operationsPort}`,
    environment: () => ({
      LOG_LEVEL: 'info',
      LISTEN_HOST: '127.0.0.1',
      OPS_PORT: String(operationsPort),
      INSTANCE_ID: `${name}-${++starts}`,
      ALLOW_TEST_EVENTS: '1',
      ...(service === 'cpemon-writer'
        ? writerEnvironment(url(database.login('writer')), url(database.login('maintenance')))
        : intakeEnvironment(port, tokens)),
      ...(service === 'cpemon-api' ? { DATABASE_URL: url(database.login('api')) } : {}),
      ...(service === 'acs-ingest' ? { DATABASE_URL: url(database.login('ingest')) } : {}),
      ...environment,
    }),
  });
}

const writerEnvironment = (databaseUrl: string, maintenanceUrl: string): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  MAINTENANCE_DATABASE_URL: maintenanceUrl,
  LEASE_MS: String(LEASE_MS),
  // Packed so soon that packing, too, is interrupted.
  HISTORY: 'on',
  HISTORY_PACK_AFTER_SECONDS: '5',
  // So short that devices which pause fall silent and come back many times in a run.
  REACHABILITY_STALE_FLOOR_SECONDS: '2',
  REACHABILITY_OFFLINE_FLOOR_SECONDS: '5',
});

const intakeEnvironment = (port: number, tokens: Tokens): Record<string, string> => ({
  PORT: String(port),
  APPEND_TIMEOUT_MS: String(APPEND_TIMEOUT_MS),
  INGEST_TOKENS: tokens.ingest,
  HEARTBEAT_SECRETS: tokens.webhookSecret,
  WEBHOOK_SECRETS: tokens.webhookSecret,
  OPERATOR_TOKENS: tokens.operator,
  READ_AUTH: 'none',
});
