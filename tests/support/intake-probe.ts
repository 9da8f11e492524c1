import { createIntakeMetrics, type IntakeMetrics } from '@cpemon/intake';
import type { IntakePath } from '@cpemon/domain';
import {
  createLogger,
  createRegistry,
  startHttpServer,
  type HttpHandler,
  type Logger,
  type Registry,
} from '@cpemon/service-kit';
import { createRecordingAppender, type RecordingAppender } from './recording-appender';

/** A service under test: real HTTP in front, a recording appender behind, its counters in between. */
export interface IntakeProbe {
  appender: RecordingAppender;
  metrics: IntakeMetrics;
  logger: Logger;
  registry: Registry;
  /** Starts serving and says where. */
  serve(handler: HttpHandler): Promise<string>;
  /** Value of a series, such as `cpemon_ingest_requests_total{path="webhook",code="queued"}`; 0 when absent. */
  counter(series: string): Promise<number>;
  close(): Promise<void>;
}

export function createIntakeProbe(service: string, paths: readonly IntakePath[]): IntakeProbe {
  const appender = createRecordingAppender();
  const registry = createRegistry({ service, version: 'test' });
  const logger = createLogger({ service, level: 'silent' });
  const buffered = () => ({ events: 0, bytes: 0, callers: 0 });
  const metrics = createIntakeMetrics(registry, paths, buffered);
  const closers: (() => Promise<void>)[] = [];
  return {
    appender,
    metrics,
    logger,
    registry,
    async serve(handler) {
      const server = await startHttpServer({ host: '127.0.0.1', port: 0, handler, logger });
      closers.push(() => server.close());
      return server.url;
    },
    async counter(series) {
      const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1) ?? 0);
    },
    async close() {
      for (const close of closers) await close();
      registry.clear();
    },
  };
}
