import { setTimeout as sleep } from 'node:timers/promises';
import { describeStartFailure, UnsuitableServerError, watchServer } from '@cpemon/database';
import {
  LogShapeError,
  STATE_GROUP,
  createSteadyConnection,
  startMySqlConsumer,
  type LogConsumer,
  type SteadyConnection,
} from '@cpemon/event-log';
import {
  createRegistry,
  startOperationsServer,
  type Logger,
  type ReadinessReport,
  type RunningService,
  type StartContext,
} from '@cpemon/service-kit';
import { openDeviceModels } from '@cpemon/model-folder';
import { startTracing } from '@cpemon/tracing';
import { createAlertMetrics } from './alerts/alert-metrics.js';
import { openAlertSettings } from './alerts/alert-settings-file.js';
import { startAlerts } from './alerts/start-alerts.js';
import type { WriterConfig } from './config.js';
import { createCoverage } from './coverage/coverage.js';
import { createCoverageMetrics } from './coverage/coverage-metrics.js';
import { keepCoverage } from './coverage/keep-coverage.js';
import { createDeviceApplier } from './device-applier.js';
import { createFleetRecount } from './fleet-recount.js';
import { watchHealthRules } from './health-rules-watch.js';
import { startMaintenance } from './maintenance.js';
import { createWriterMetrics } from './metrics.js';
import { createMoveHome } from './move-home.js';
import { startSourceWatch } from './source-watch/source-watch.js';

const VERSION = '0.1.0';
const LONGEST_JOIN_PAUSE_MS = 5000;
/** The means over a fleet of a million take seconds. */
const HEALTH_READ_MS = 60_000;

/**
 * Starts a writer: its operations port at once, its share of the work as soon as the database can be reached.
 * `stop` finishes the batch in hand and gives the lanes back.
 */
export async function startWriter(
  config: WriterConfig,
  { logger, signal }: StartContext,
): Promise<RunningService> {
  const registry = createRegistry({ service: 'cpemon-writer', version: VERSION });
  const link = createSteadyConnection({
    address: config.database,
    sessionMs: config.leaseMs,
    lockWaitMs: config.leaseMs,
  });
  const tracing = await startTracing(config.tracing, {
    ...{ service: 'cpemon-writer', version: VERSION, instance: config.instanceId, registry, logger },
  });
  const models = await openDeviceModels(config.deviceModels, registry, logger);
  const coverage = config.coverage ? createCoverage() : undefined;
  const applier = createDeviceApplier({
    read: (work) => link.run(config.leaseMs, work),
    settings: config.reachability,
    admission: config.admission,
    merge: config.merge,
    history: config.history,
    ...(coverage && { coverage }),
    healthRules: () => health?.rules(),
    onCondition: (state, severity) => metrics.condition(state, severity),
    onHealth: (to) => metrics.health(to),
    cachedDevices: config.cachedDevices,
    cachedBytes: config.cachedBytes,
    tracing,
    onTransition: (to) => metrics.transition(to),
    onChatty: (change) => metrics.chatty(change),
  });
  const metrics = createWriterMetrics(registry, () => applier.cached());
  const healthLink = createSteadyConnection({
    address: config.database,
    sessionMs: 30_000,
    lockWaitMs: config.leaseMs,
  });
  const health =
    config.healthRulesFile === undefined
      ? undefined
      : await watchHealthRules({
          file: config.healthRulesFile,
          run: (work) => healthLink.run(HEALTH_READ_MS, work),
          onLook: (outcome, rules) => metrics.healthRulesSeen(outcome, rules),
          logger,
        });
  const alertMetrics = createAlertMetrics(registry);
  const alertSettings = await openAlertSettings({
    ...{ path: config.alertsFile, environment: config.secretVariable, logger },
    loaded: (outcome) => alertMetrics.settings(outcome),
  });
  const group: { consumer?: LogConsumer; failure?: string } = {};
  const probe = createSteadyConnection({ address: config.database, sessionMs: 30_000, lockWaitMs: 1000 });
  const operations = await startOperationsServer({
    host: config.listenHost,
    port: config.operationsPort,
    registry,
    ready: () => readiness(probe, group),
    logger,
  });
  const closeConnections = async (): Promise<void> => {
    server.stop();
    models.stop();
    alertSettings.stop();
    await health?.stop();
    await Promise.all([link.close(), healthLink.close(), probe.close(), operations.close()]);
    await tracing?.stop();
  };

  const server = watchServer({
    run: (work) => {
      const brief = createSteadyConnection({ address: config.database, sessionMs: 30_000, lockWaitMs: 1000 });
      return brief.run(config.leaseMs, work).finally(() => brief.close());
    },
    allowMultiPrimary: config.allowMultiPrimary,
    seen: (weak) => metrics.durabilitySeen(weak),
    logger,
  });
  const fleetRecount = createFleetRecount({
    onDrift(drift) {
      metrics.fleetDrift(drift.reduce((sum, { devices }) => sum + Math.abs(devices), 0));
      logger.warn({ drift: drift.slice(0, 50) }, 'Kept counts of the fleet were off and have been put right');
    },
  });
  const failed = (reason: string): void => {
    group.failure = reason;
  };
  const joined = await untilJoined(signal, logger, failed, async () => {
    await server.check();
    return startMySqlConsumer({
      address: config.database,
      group: STATE_GROUP,
      member: config.instanceId,
      version: VERSION,
      applier,
      leaseMs: config.leaseMs,
      logger,
      observer: metrics.observer,
      works: [fleetRecount],
      moveHome: createMoveHome({
        onProgress: (devices) => logger.info({ devices }, 'Devices move to the lanes of a new generation'),
      }),
    });
  }).catch(async (error: unknown) => {
    await closeConnections();
    throw error;
  });
  if (joined === undefined) return { stop: closeConnections };
  group.consumer = joined;
  const kept =
    coverage &&
    keepCoverage({ coverage, address: config.database, logger, flushed: createCoverageMetrics(registry) });

  const maintenance =
    config.maintenanceDatabase === undefined
      ? undefined
      : startMaintenance({
          address: config.maintenanceDatabase,
          owner: config.instanceId,
          retention: config.retention,
          metrics,
          logger,
        });
  const sourceWatch = startSourceWatch({
    address: config.database,
    owner: config.instanceId,
    settings: { ...config.silence, reachability: config.reachability },
    metrics,
    logger,
  });
  const alerts = startAlerts({
    ...{ address: config.database, owner: config.instanceId, logger },
    ...{ settings: alertSettings, metrics: alertMetrics, tracing },
  });
  if (maintenance === undefined) {
    logger.warn('MAINTENANCE_DATABASE_URL is not set: this writer makes no partitions of the log');
  }
  logger.info({ member: config.instanceId, operations: operations.url }, 'Applying events');
  return {
    async stop() {
      await Promise.all([joined.stop(), maintenance?.stop(), sourceWatch.stop(), alerts.stop()]);
      await kept?.stop();
      await closeConnections();
    },
  };
}

/**
 * Joins the group as soon as the database lets it; undefined when `signal` came first.
 * @throws LogShapeError when the log is one that this writer must not touch: waiting would not help
 */
async function untilJoined(
  signal: AbortSignal,
  logger: Logger,
  failed: (reason: string) => void,
  join: () => Promise<LogConsumer>,
): Promise<LogConsumer | undefined> {
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, LONGEST_JOIN_PAUSE_MS)) {
    if (signal.aborted) return undefined;
    try {
      return await join();
    } catch (error) {
      if (error instanceof LogShapeError || error instanceof UnsuitableServerError) throw error;
      const reason = describeStartFailure(error);
      failed(reason);
      logger.warn({ err: error, reason, againInMs: pauseMs }, 'Cannot join the group of writers yet');
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function readiness(
  probe: SteadyConnection,
  { consumer, failure = 'not joined yet' }: { consumer?: LogConsumer; failure?: string },
): Promise<ReadinessReport> {
  const database = await probe
    .run(1500, (connection) => connection.query('SELECT 1'))
    .then(
      () => ({ ok: true }),
      (error: Error) => ({ ok: false, detail: error.message }),
    );
  const group =
    consumer === undefined
      ? { ok: false, detail: failure }
      : { ok: true, detail: `${consumer.ownedLanes().length} lanes` };
  return { ready: database.ok && group.ok, checks: { database, group } };
}
