import { setTimeout as sleep } from 'node:timers/promises';
import {
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
import type { WriterConfig } from './config.js';
import { createDeviceApplier } from './device-applier.js';
import { startMaintenance } from './maintenance.js';
import { createWriterMetrics } from './metrics.js';

const VERSION = '0.1.0';
const LONGEST_JOIN_PAUSE_MS = 5000;

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
  const applier = createDeviceApplier({
    read: (work) => link.run(config.leaseMs, work),
    settings: config.reachability,
    cachedDevices: config.cachedDevices,
    onTransition: (to) => metrics.transition(to),
  });
  const metrics = createWriterMetrics(registry, () => applier.cached());
  const group: { consumer?: LogConsumer } = {};
  const probe = createSteadyConnection({ address: config.database, sessionMs: 30_000, lockWaitMs: 1000 });
  const operations = await startOperationsServer({
    host: config.listenHost,
    port: config.operationsPort,
    registry,
    ready: () => readiness(probe, group.consumer),
    logger,
  });
  const closeConnections = async (): Promise<void> => {
    await Promise.all([link.close(), probe.close(), operations.close()]);
  };

  const joined = await untilJoined(signal, logger, () =>
    startMySqlConsumer({
      address: config.database,
      group: STATE_GROUP,
      member: config.instanceId,
      version: VERSION,
      applier,
      leaseMs: config.leaseMs,
      logger,
      observer: metrics.observer,
    }),
  );
  if (joined === undefined) return { stop: closeConnections };
  group.consumer = joined;

  const maintenance =
    config.maintenanceDatabase === undefined
      ? undefined
      : startMaintenance({ address: config.maintenanceDatabase, metrics, logger });
  if (maintenance === undefined) {
    logger.warn('MAINTENANCE_DATABASE_URL is not set: this writer makes no partitions of the log');
  }
  logger.info({ member: config.instanceId, operations: operations.url }, 'Applying events');
  return {
    async stop() {
      await Promise.all([joined.stop(), maintenance?.stop()]);
      await closeConnections();
    },
  };
}

/** Joins the group as soon as the database lets it; undefined when `signal` came first. */
async function untilJoined(
  signal: AbortSignal,
  logger: Logger,
  join: () => Promise<LogConsumer>,
): Promise<LogConsumer | undefined> {
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, LONGEST_JOIN_PAUSE_MS)) {
    if (signal.aborted) return undefined;
    try {
      return await join();
    } catch (error) {
      logger.warn({ err: error, againInMs: pauseMs }, 'Cannot join the group of writers yet');
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function readiness(
  probe: SteadyConnection,
  consumer: LogConsumer | undefined,
): Promise<ReadinessReport> {
  const database = await probe
    .run(1500, (connection) => connection.query('SELECT 1'))
    .then(
      () => ({ ok: true }),
      (error: Error) => ({ ok: false, detail: error.message }),
    );
  const group =
    consumer === undefined
      ? { ok: false, detail: 'not joined yet' }
      : { ok: true, detail: `${consumer.ownedLanes().length} lanes` };
  return { ready: database.ok && group.ok, checks: { database, group } };
}
