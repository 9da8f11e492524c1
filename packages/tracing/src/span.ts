import type { TraceContext } from './trace-context.js';

/** What a span may say of itself: numbers, words of ours, positions. No serial numbers, no addresses, no payloads. */
export type SpanAttributes = Record<string, string | number | boolean>;

export const SPAN_KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKindName = (typeof SPAN_KINDS)[number];

/** A span that has ended. Times are epoch ms, with fractions. */
export interface EndedSpan {
  name: string;
  kind: SpanKindName;
  context: TraceContext;
  parent?: TraceContext | undefined;
  startedAt: number;
  endedAt: number;
  attributes: SpanAttributes;
  /** Spans of other traces that this one has to do with. */
  links?: readonly TraceContext[];
  /** What went wrong, in words; absent: nothing did. */
  error?: string | undefined;
}
