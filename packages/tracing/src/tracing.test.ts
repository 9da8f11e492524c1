import { createRegistry, type Registry } from '@cpemon/service-kit';
import pino from 'pino';
import { eventually } from '../../../tests/support/eventually.js';
import { startOtlpReceiver, type OtlpReceiver } from '../../../tests/support/otlp-receiver.js';
import { createErrorBudget } from './error-budget.js';
import type { EndedSpan } from './span.js';
import { recordedSpan } from './trace-context.js';
import { startTracing } from './tracing.js';

const VARIABLES = [
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_BSP_SCHEDULE_DELAY'],
  'OTEL_RESOURCE_ATTRIBUTES',
];
let receiver: OtlpReceiver;
const lines: { level: number; msg: string }[] = [];
const logger = pino(
  { level: 'info' },
  { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
);

beforeEach(async () => {
  receiver = await startOtlpReceiver();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url;
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '20';
  process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'deployment.environment.name=test';
  lines.length = 0;
});
afterEach(async () => {
  for (const name of VARIABLES) delete process.env[name];
  await receiver.close();
});

function start(registry: Registry) {
  const names = { service: 'cpemon-api', version: '1.2.3', instance: 'api-1' };
  return startTracing({ sampler: { name: 'always_on', ratio: 1 } }, { ...names, registry, logger });
}
const counts = async (registry: Registry): Promise<Record<string, number>> => {
  const metric = await registry.getSingleMetric('cpemon_tracing_spans_total')!.get();
  return Object.fromEntries(metric.values.map(({ labels, value }) => [String(labels['outcome']), value]));
};
const newRegistry = () => createRegistry({ service: 'test', version: '0' });
const span = (given: Partial<EndedSpan> = {}): EndedSpan => ({
  ...{ name: 'append', kind: 'producer', context: recordedSpan(undefined) },
  ...{ startedAt: 1_700_000_000_123.25, endedAt: 1_700_000_000_125.5, attributes: { 'cpemon.events': 3 } },
  ...given,
});

test('without a configuration there is nothing but a counter that stands still', async () => {
  const registry = newRegistry();
  const names = { service: 'cpemon-api', version: '1.2.3', instance: 'api-1' };
  expect(await startTracing(undefined, { ...names, registry, logger })).toBeUndefined();
  expect(await counts(registry)).toEqual({ sent: 0, failed: 0, left_out: 0 });
});

test('a span arrives as it was recorded: parent, links, times, attributes, error and the names of the process', async () => {
  const registry = newRegistry();
  const tracing = (await start(registry))!;
  const parent = recordedSpan(undefined);
  const link = recordedSpan(undefined);
  const context = recordedSpan(parent);
  tracing.record(span({ context, parent, links: [link], error: 'LogFullError' }));
  await eventually('it is there', () => receiver.spans.length === 1);
  const [received] = receiver.spans;
  expect(received).toMatchObject({
    ...{ service: 'cpemon-api', name: 'append', kind: 4, status: 2, error: 'LogFullError' },
    ...{ traceId: parent.traceId, spanId: context.spanId, parentSpanId: parent.spanId },
    attributes: { 'cpemon.events': 3 },
    links: [{ traceId: link.traceId, spanId: link.spanId }],
  });
  expect(received!.startedAt).toBeCloseTo(1_700_000_000_123.25, 1);
  expect(received!.endedAt - received!.startedAt).toBeCloseTo(2.25, 1);
  await eventually('it is counted', async () => (await counts(registry))['sent'] === 1);
  await tracing.stop();
});

test('what waits is sent when the process stops', async () => {
  delete process.env['OTEL_BSP_SCHEDULE_DELAY'];
  const tracing = (await start(newRegistry()))!;
  tracing.record(span());
  await tracing.stop();
  expect(receiver.spans).toHaveLength(1);
});

test('a collector that refuses costs its spans, one warning and a count; when it is back that is said', async () => {
  const registry = newRegistry();
  const tracing = (await start(registry))!;
  receiver.answerWith(400);
  for (let sent = 1; sent <= 3; sent += 1) {
    tracing.record(span());
    await eventually('it has failed', async () => (await counts(registry))['failed'] === sent);
  }
  receiver.answerWith(200);
  tracing.record(span());
  await eventually('it is there', () => receiver.spans.length === 1);
  await eventually('that is said', () => lines.some(({ msg }) => msg === 'Traces are taken again'));
  expect(lines.filter(({ msg }) => msg === 'Traces cannot be sent; they are lost')).toHaveLength(1);
  await tracing.stop();
});

test('a process stops soon although its collector does not answer', async () => {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://127.0.0.1:9';
  process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '3000';
  const tracing = (await start(newRegistry()))!;
  tracing.record(span());
  const began = performance.now();
  await tracing.stop();
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('a flood of errors gets some spans a second and no more', () => {
  let now = 0;
  const mayTell = createErrorBudget(() => now);
  const told = () => Array.from({ length: 1000 }, mayTell).filter(Boolean).length;
  expect([told(), told()]).toEqual([20, 0]);
  now = 1000;
  expect(told()).toBe(20);
});
