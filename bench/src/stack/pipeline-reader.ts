import type { IngestProcess } from './private-stack.js';

/** What `GET /v1/pipeline` says that a benchmark compares with what it sees itself. */
export interface PipelineReading {
  lagEvents: number;
  drainEtaSeconds: number | null;
  /** When the answer had arrived, performance.now() ms. */
  at: number;
}

/** Reads the pipeline as a page does, of an api whose reading needs no token. @throws Error on any answer but 200 */
export async function readPipeline(api: Pick<IngestProcess, 'port'>): Promise<PipelineReading> {
  const answer = await fetch(`http://127.0.0.1:${api.port}/v1/pipeline`);
  if (answer.status !== 200)
    throw new Error(`GET /v1/pipeline answered ${answer.status}: ${await answer.text()}`);
  const { totals } = (await answer.json()) as {
    totals: { lag_events: number; drain_eta_seconds: number | null };
  };
  return {
    lagEvents: totals.lag_events,
    drainEtaSeconds: totals.drain_eta_seconds,
    at: performance.now(),
  };
}

/** Reads it every second, for its rates are those since earlier readings, until `stop`. */
export function keepReadingPipeline(api: Pick<IngestProcess, 'port'>): { stop(): void } {
  const timer = setInterval(() => void readPipeline(api).catch(() => undefined), 1000);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
    },
  };
}
