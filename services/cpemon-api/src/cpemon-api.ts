import { openPool, readPoolUse } from '@cpemon/database';
import {
  allowAnyone,
  createReadingThread,
  createRefusedBodiesRoute,
  openSecrets,
  requireSender,
  requireSignature,
  requireTokenOrSignature,
  startIntake,
  type Authenticity,
  type OpenSecrets,
} from '@cpemon/intake';
import { openDeviceModels } from '@cpemon/model-folder';
import {
  createRegistry,
  startHttpServer,
  startOperationsServer,
  type Logger,
  type Registry,
  type RunningService,
  type StartContext,
} from '@cpemon/service-kit';
import { startTracing } from '@cpemon/tracing';
import { API_PATHS, HEARTBEAT, createCpemonApi } from './app.js';
import { createBulkdataAccess, type BulkdataAccess } from './bulkdata/bulkdata-access.js';
import type { CpemonApiConfig } from './config.js';
import { createDatabaseReader } from './database-reader.js';
import { startErasureTeller } from './erasure/erasure-teller.js';
import { createFleetReads, type FleetReads } from './fleet-reads.js';
import { createHistoryReads } from './history-reads.js';
import { totalsOf } from './pipeline-view.js';
import { startInventory } from './inventory/start-inventory.js';
import { createRateSampler, type RateSampler } from './rate-sampler.js';
import { startQueries } from './start-queries.js';
import { createSharedGauges, declarePoolUse } from './shared-gauges.js';
import { showSharedGauges } from './show-shared-gauges.js';

const SERVICE = 'cpemon-api';
const VERSION = '0.1.0';
const READ_CONNECTIONS = 4;
const READ_DEADLINE_MS = 5000;
/** Operators' wishes: many dead letters asked for at once take a while, and wait behind each other. */
const ACTION_CONNECTIONS = 2;
const ACTION_DEADLINE_MS = 30_000;
const SAMPLE_EVERY_MS = 1000;

/** Starts cpemon-api. It listens at once and answers 503 until the database can be reached. */
export async function startCpemonApi(
  config: CpemonApiConfig,
  { logger }: StartContext,
): Promise<RunningService> {
  const registry = createRegistry({ service: SERVICE, version: VERSION });
  const { listenHost: host } = config;
  warnAboutOpenDoors(config, logger);
  const models = await openDeviceModels(config.deviceModels, registry, logger);
  const secrets = await openIngestSecrets(config, registry, logger);
  const tracing = await startTracing(config.tracing, {
    ...{ service: SERVICE, version: VERSION, instance: config.instanceId, registry, logger },
  });
  const intake = await startIntake({
    ...{ config, service: SERVICE, registry, tracing, logger },
    paths: config.bulkdata === 'off' ? API_PATHS : [...API_PATHS, 'bulkdata'],
  });
  const pool = openPool(config.database, { connections: READ_CONNECTIONS });
  const read = createDatabaseReader(pool, READ_DEADLINE_MS);
  const reads = createFleetReads(read);
  const actions = openPool(config.database, { connections: ACTION_CONNECTIONS });
  const act = createDatabaseReader(actions, ACTION_DEADLINE_MS);
  const inventory = startInventory(config, intake.appender, logger);
  const erasures = startErasureTeller(act, intake.appender, logger);
  const rates = createRateSampler();
  const stopSampling = startSampling(reads, rates);
  declarePoolUse(registry, { read: () => readPoolUse(pool), act: () => readPoolUse(actions) });
  const gauges = createSharedGauges(registry);
  const showing = showSharedGauges({ address: config.database, reads, gauges });
  const operations = await startOperationsServer({
    host,
    port: config.operationsPort,
    registry,
    ready: () => intake.ready(),
    extraRoutes: [
      createRefusedBodiesRoute(
        intake.refusedBodies,
        config.operators.map(({ token }) => token),
      ),
    ],
    logger,
  });
  const { ingest, readTokens, operators, viewerTokens, allowTestEvents } = config;
  const readingThread = config.readingThread
    ? createReadingThread({ testEvents: allowTestEvents ? 'taken' : 'refused' }, logger)
    : undefined;
  const operating = { operators, viewerTokens, read, act };
  const { queries, stopQueries } = startQueries(config, { read, reads, rates, logger });
  const handler = createCpemonApi({
    authenticity: writersOf(config, secrets),
    ...bulkdataOf(config),
    ...(readingThread === undefined ? {} : { readingThread }),
    readHistory: createHistoryReads(read),
    ...queries,
    deviceLinks: config.deviceLinks,
    forgetBodies: (text) => intake.refusedBodies.forget(text),
    ...{ ...intake, ingest, readTokens, reads, rates, operating, allowTestEvents, inventory, logger },
  });
  const limits = config.connectionLimits;
  const server = await startHttpServer({
    ...{ host, port: config.port, limits, logger },
    handler: intake.traced(handler, [HEARTBEAT]),
  });
  logger.info({ url: server.url, operations: operations.url }, 'Taking heartbeats and telemetry');
  return {
    async stop() {
      stopSampling();
      await stopQueries();
      await showing.stop();
      await inventory.stop();
      erasures.stop();
      await intake.stopAccepting();
      await server.close();
      secrets.stop();
      await readingThread?.stop();
      models.stop();
      await intake.close();
      const ended = Promise.all([pool.end(), actions.end()]);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      await operations.close();
      await tracing?.stop();
    },
  };
}

function openIngestSecrets(
  { ingest }: CpemonApiConfig,
  registry: Registry,
  logger: Logger,
): Promise<OpenSecrets> {
  const { secrets = [], secretsFile } = ingest === 'none' ? {} : ingest;
  return openSecrets({ secrets, secretsFile }, registry, logger);
}

/** Who may send heartbeats and telemetry. */
function writersOf({ ingest, senders }: CpemonApiConfig, secrets: OpenSecrets): Authenticity {
  if (ingest === 'none') return requireSender(senders, allowAnyone);
  const signs = ingest.secrets.length > 0 || ingest.secretsFile !== undefined;
  return requireSender(
    senders,
    requireTokenOrSignature(ingest.tokens, signs ? requireSignature(secrets) : []),
  );
}

/** Who may send bulk data. */
function bulkdataOf({ bulkdata, ingest, senders }: CpemonApiConfig): { bulkdata?: BulkdataAccess } {
  if (bulkdata === 'off') return {};
  const tokens = ingest === 'none' ? [] : ingest.tokens;
  return { bulkdata: createBulkdataAccess(bulkdata, tokens, requireSender(senders, allowAnyone)) };
}

const LOOPBACK = /^(127\.|localhost$|::1$)/;

function warnAboutOpenDoors(config: CpemonApiConfig, logger: Logger): void {
  const { ingest, bulkdata, readTokens, allowTestEvents, listenHost } = config;
  // Alone with itself a machine may play.
  if (allowTestEvents && !LOOPBACK.test(listenHost)) {
    logger.warn(
      { ALLOW_TEST_EVENTS: true },
      'Events that fail on purpose are taken in: for tests and demos only',
    );
  }
  if (ingest === 'none') {
    logger.warn({ INGEST_AUTH: 'none' }, 'Anyone who reaches this port may send heartbeats and telemetry');
  }
  if (bulkdata !== 'off' && bulkdata.auth === 'none') {
    logger.warn({ BULKDATA_AUTH: 'none' }, 'Anyone who reaches this port may send bulk data of any device');
  }
  if (readTokens === 'none') logger.warn({ READ_AUTH: 'none' }, 'Anyone who reaches this port may read');
}

/** Reads the totals every second, so that whoever asks first is told a rate. */
function startSampling(reads: FleetReads, rates: RateSampler): () => void {
  let timer: NodeJS.Timeout;
  let stopped = false;
  const sample = async (): Promise<void> => {
    try {
      rates.add(totalsOf((await reads.pipeline()).stats));
    } catch {
      // Without the database there is no rate; the read routes and /readyz say so.
    }
    if (!stopped) timer = setTimeout(() => void sample(), SAMPLE_EVERY_MS);
  };
  timer = setTimeout(() => void sample(), 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
