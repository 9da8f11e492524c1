import { UnsuitableServerError, watchServer, type Connection } from '@cpemon/database';
import type { IntakePath } from '@cpemon/domain';
import { createMySqlAppender, createSteadyConnection } from '@cpemon/event-log';
import type { HttpHandler, Logger, ReadinessReport, Registry } from '@cpemon/service-kit';
import { startIntakeBeats } from '@cpemon/store';
import type { Tracing } from '@cpemon/tracing';
import { watchAppends, type WatchedAppender } from './accepting.js';
import { startGateWatch } from './gate-watch.js';
import type { IntakeConfig } from './intake-config.js';
import { createIntakeGate } from './intake-gate.js';
import { createIntakeMetrics, type IntakeMetrics } from './intake-metrics.js';
import { createLateAppender, type LateAppender } from './late-appender.js';
import { createRefusedBodies, type RefusedBodyRing } from './refused-bodies.js';
import { createIntakeTraces } from './traced-requests.js';

/** What a process needs to take events in, connected to the log as soon as that can be reached. */
export interface Intake {
  appender: WatchedAppender;
  metrics: IntakeMetrics;
  refusedBodies: RefusedBodyRing;
  /** The handler, with its requests recorded where there are traces. @param paths of requests that no router names */
  traced(handler: HttpHandler, paths: readonly string[]): HttpHandler;
  ready(): Promise<ReadinessReport>;
  /** Says that this process accepts no more; called before it stops listening. */
  stopAccepting(): Promise<void>;
  /** Flushes what waits, and ends the connections. */
  close(): Promise<void>;
}

/** A beat or probe that takes longer has failed, and its connection is thrown away: the link may be half open. */
const BEAT_DEADLINE_MS = 1500;

/** @throws UnsuitableServerError when the database answers and is not one that events may be trusted to */
export async function startIntake(options: {
  config: IntakeConfig;
  service: string;
  paths: readonly IntakePath[];
  registry: Registry;
  tracing?: Tracing | undefined;
  logger: Logger;
}): Promise<Intake> {
  const { config, service, paths, registry, tracing, logger } = options;
  const state: { late?: LateAppender } = {};
  const metrics = createIntakeMetrics(
    registry,
    paths,
    () => state.late?.buffered() ?? { events: 0, bytes: 0, callers: 0 },
  );
  const link = () =>
    createSteadyConnection({ address: config.database, sessionMs: 30_000, lockWaitMs: BEAT_DEADLINE_MS });
  /** For what is rare: a connection only while it is needed. */
  const briefly = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    const brief = link();
    return brief.run(BEAT_DEADLINE_MS, work).finally(() => brief.close());
  };
  const server = watchServer({
    ...{ run: briefly, allowMultiPrimary: config.allowMultiPrimary, logger },
    seen: (weak) => metrics.durabilitySeen(weak),
  });
  await server.check().catch((error: unknown) => {
    if (!(error instanceof UnsuitableServerError)) return;
    server.stop();
    throw error;
  });

  const late = (state.late = createLateAppender(async () => {
    await server.check();
    return createMySqlAppender({
      address: config.database,
      producer: config.instanceId,
      limits: config.appendLimits,
      answerWithinMs: config.appendTimeoutMs,
      observer: metrics.observer,
      logger,
    });
  }, logger));
  const gate = createIntakeGate(config.gateLimits);
  const gateLink = link();
  const gateWatch = await startGateWatch({
    ...{ gate, diskPath: config.databaseDiskPath, logger },
    run: (work) => gateLink.run(BEAT_DEADLINE_MS, work),
    seen: (reading, closedBy) => metrics.gateSeen(reading, closedBy),
  });
  const appender = watchAppends(late, { gate });
  const traces = createIntakeTraces(tracing);

  const beatLink = link();
  const probe = link();
  const query = (sql: string, values: Parameters<Connection['query']>[1]) =>
    beatLink.run(BEAT_DEADLINE_MS, (connection) => connection.query(sql, values));
  const beats = await startIntakeBeats({
    pool: { query: query as Connection['query'] },
    process: config.instanceId,
    service,
    paths,
    accepting: (path) => appender.accepting(path),
    logger,
  });

  return {
    appender: traces.appends(appender),
    traced: (handler, named) => traces.requests(handler, named),
    metrics,
    refusedBodies: createRefusedBodies(config.refusedBodies),
    async ready() {
      const database = await probe
        .run(BEAT_DEADLINE_MS, (connection) => connection.query('SELECT 1'))
        .then(
          () => ({ ok: true }),
          (error: Error) => ({ ok: false, detail: error.message }),
        );
      const log = late.connected()
        ? { ok: true }
        : { ok: false, detail: late.failure() ?? 'not reached yet' };
      return { ready: database.ok && log.ok, checks: { database, event_log: log } };
    },
    stopAccepting: () => beats.stop(),
    async close() {
      server.stop();
      await gateWatch.stop();
      await Promise.all([late.close(), beatLink.close(), probe.close(), gateLink.close()]);
    },
  };
}
