export {
  formatTraceparent,
  isRecorded,
  newSpanId,
  parseTraceparent,
  recordedSpan,
  type TraceContext,
} from './trace-context.js';
export { createSampler, SAMPLERS, type Sampler, type SamplerName, type SamplerSettings } from './sampler.js';
export type { EndedSpan, SpanAttributes, SpanKindName } from './span.js';
export { startStopwatch, type Stopwatch } from './stopwatch.js';
export { createTracingMetrics, startTracing, type Tracing, type TracingOptions } from './tracing.js';
export { readTracingConfig, type TracingConfig } from './tracing-config.js';
