import { Counter, type Logger, type Registry } from '@cpemon/service-kit';
import { createErrorBudget } from './error-budget.js';
import { createSampler, type Sampler } from './sampler.js';
import type { EndedSpan } from './span.js';
import type { TracingConfig } from './tracing-config.js';

/** What a process that makes traces has. Where there are none, there is no such object, and nothing is spent on them. */
export interface Tracing {
  /** Whether a trace that begins here, or comes in here, is recorded. */
  isRecorded: Sampler;
  /** Takes a span that has ended, whose trace is recorded. */
  record(span: EndedSpan): void;
  /**
   * Whether something that went wrong, in a trace that is not recorded, may have its span all the same: so many a second,
   * because a process in trouble has other things to do.
   */
  mayTellError(): boolean;
  /** Spans that were not made because there were too many at once. */
  leftOut(spans: number): void;
  /** Sends what is left, within a moment. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  service: string;
  version: string;
  /** Name of this process among those of its service. */
  instance: string;
  registry: Registry;
  logger: Logger;
}

const OUTCOMES = ['sent', 'failed', 'left_out'] as const;

/** A process that stops does not wait longer for a collector. */
const STOP_WITHIN_MS = 2000;

/** Declared whether or not there are traces. */
export function createTracingMetrics(
  registry: Registry,
): (outcome: (typeof OUTCOMES)[number], spans: number) => void {
  const counter = new Counter({
    name: 'cpemon_tracing_spans_total',
    help: 'Spans that were sent, could not be sent, or were left out because there were too many at once',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of OUTCOMES) counter.inc({ outcome }, 0);
  return (outcome, spans) => counter.inc({ outcome }, spans);
}

/** Undefined where the configuration wants no traces; nothing of OpenTelemetry is loaded then. */
export async function startTracing(
  config: TracingConfig | undefined,
  { service, version, instance, registry, logger }: TracingOptions,
): Promise<Tracing | undefined> {
  const count = createTracingMetrics(registry);
  if (config === undefined) return undefined;
  const { createSpanExport } = await import('./span-export.js');
  const spans = createSpanExport({
    resource: { 'service.name': service, 'service.version': version, 'service.instance.id': instance },
    onExported: count,
    logger,
  });
  const { name, ratio } = config.sampler;
  logger.info({ sampler: name, ratio }, 'Recording traces');
  return {
    isRecorded: createSampler(config.sampler),
    record: (span) => spans.add(span),
    mayTellError: createErrorBudget(),
    leftOut: (left) => count('left_out', left),
    async stop() {
      const late = new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref());
      await Promise.race([spans.stop().catch(() => undefined), late]);
    },
  };
}
