import {
  diag,
  DiagLogLevel,
  SpanKind,
  SpanStatusCode,
  type HrTime,
  type SpanContext,
} from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '@cpemon/service-kit';
import type { EndedSpan, SpanKindName } from './span.js';
import type { TraceContext } from './trace-context.js';

/** Takes spans that have ended and sends them by OTLP. Loaded only where there are traces. */
export interface SpanExport {
  add(span: EndedSpan): void;
  /** Sends what is left. Takes no longer than the exporter's own limits. */
  stop(): Promise<void>;
}

export interface SpanExportOptions {
  /** Names of the process by the conventions of OpenTelemetry; the environment's outrank them. */
  resource: Record<string, string>;
  onExported: (outcome: 'sent' | 'failed', spans: number) => void;
  logger: Pick<Logger, 'warn' | 'info'>;
}

const SCOPE = { name: 'cpemon' };
const KINDS: Record<SpanKindName, SpanKind> = {
  ...{ internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT },
  ...{ producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER },
};

export function createSpanExport({ resource: names, onExported, logger }: SpanExportOptions): SpanExport {
  const say = (message: string): void => logger.warn({ exporter: 'otlp' }, message);
  const nothing = (): void => undefined;
  const words = { error: nothing, warn: say, info: nothing, debug: nothing, verbose: nothing };
  diag.setLogger(words, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

  const resource = resourceFromAttributes(names).merge(detectResources({ detectors: [envDetector] }));
  const exporter = watched(new OTLPTraceExporter(), onExported, logger);
  const processor = new BatchSpanProcessor(exporter);
  return {
    add: (span) => processor.onEnd({ ...readable(span), resource }),
    stop: () => processor.shutdown(),
  };
}

/** Counts what is sent and what is lost, and tells of the first failure and of its end. */
function watched(
  exporter: SpanExporter,
  onExported: SpanExportOptions['onExported'],
  logger: SpanExportOptions['logger'],
): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const isSent = result.code === ExportResultCode.SUCCESS;
        onExported(isSent ? 'sent' : 'failed', spans.length);
        if (isSent && failing) logger.info('Traces are taken again');
        if (!isSent && !failing) logger.warn({ err: result.error }, 'Traces cannot be sent; they are lost');
        failing = !isSent;
        // The failure is told and counted: the processor would only log it once more.
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

function readable(span: EndedSpan): Omit<ReadableSpan, 'resource'> {
  const context = spanContext(span.context);
  const { error, parent, links = [] } = span;
  return {
    ...{ name: span.name, kind: KINDS[span.kind], attributes: span.attributes, events: [] },
    ...{ spanContext: () => context, startTime: hrTime(span.startedAt), endTime: hrTime(span.endedAt) },
    duration: hrTime(span.endedAt - span.startedAt),
    ...(parent === undefined ? {} : { parentSpanContext: spanContext(parent) }),
    status:
      error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    links: links.map((link) => ({ context: spanContext(link) })),
    ...{ ended: true, instrumentationScope: SCOPE },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

const spanContext = ({ traceId, spanId, sampled }: TraceContext): SpanContext => ({
  ...{ traceId, spanId, traceFlags: sampled ? 1 : 0 },
});

/** @param ms epoch ms or a duration, with fractions */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
