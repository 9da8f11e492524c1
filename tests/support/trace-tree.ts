import type { ReceivedSpan } from './otlp-receiver.js';

/** A trace as people read it: a line a span, below its parent, with when it began and how long it took. */
export function traceTree(spans: readonly ReceivedSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const beganAt = Math.min(...spans.map(({ startedAt }) => startedAt));
  const below = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanId }) => (parent === undefined ? !ids.has(parentSpanId) : parentSpanId === parent))
      .sort((one, other) => one.startedAt - other.startedAt)
      .flatMap((span) => [lineOf(span, beganAt, depth), ...below(span.spanId, depth + 1)]);
  return below(undefined, 0);
}

function lineOf(
  { service, name, startedAt, endedAt, attributes, links, error }: ReceivedSpan,
  beganAt: number,
  depth: number,
): string {
  const facts = Object.entries(attributes).map(([key, value]) => `${key.replace('cpemon.', '')}=${value}`);
  if (links.length > 0) facts.push(`links=${links.length}`);
  if (error !== '') facts.push(`error=${error}`);
  const times = `+${(startedAt - beganAt).toFixed(1)} ms, ${(endedAt - startedAt).toFixed(1)} ms`;
  return `${'  '.repeat(depth)}${service}: ${name} (${times}) ${facts.join(' ')}`;
}
