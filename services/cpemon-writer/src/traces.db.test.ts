import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDatabaseUrl } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import { createMySqlAppender, listParked, STATE_GROUP, type LogAppender } from '@cpemon/event-log';
import { createLogger, type RunningService } from '@cpemon/service-kit';
import { formatTraceparent, parseTraceparent, recordedSpan, type TraceContext } from '@cpemon/tracing';
import { eventually, sleep } from '../../../tests/support/eventually.js';
import {
  startOtlpReceiver,
  type OtlpReceiver,
  type ReceivedSpan,
} from '../../../tests/support/otlp-receiver.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { readConfig } from './config.js';
import { startWriter } from './writer.js';

const logger = createLogger({ service: 'cpemon-writer', level: 'silent' });
let database: TestDatabase;
let appender: LogAppender;
let collector: OtlpReceiver;
let webhook: Server;
let folder: string;
let writer: RunningService;
let told: { kind: string; traceparent: unknown }[];

beforeEach(async () => {
  database = await createTestDatabase();
  appender = await createMySqlAppender({ address: await database.login('ingest'), producer: 'test-ingest' });
  collector = await startOtlpReceiver();
  told = [];
  webhook = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { type } = JSON.parse(Buffer.concat(parts).toString()) as { type: string };
      told.push({ kind: type, traceparent: request.headers['traceparent'] });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'cpemon-traces-'));
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`;
  await writeFile(
    join(folder, 'alerts.yaml'),
    `rules:
  - { name: hot, on: condition, severities: [critical] }
receivers:
  - { name: noc, type: webhook, url: '${url}' }
`,
  );
  await writeFile(
    join(folder, 'rules.yaml'),
    `rules:
  - name: cpu-full
    metric: cpu_used_ratio
    above: 0.9
    for: 1s
    severity: critical
    text: CPU at {value}
`,
  );
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    // What the writer records is what the events say.
    OTEL_TRACES_SAMPLER: 'always_off',
  };
  Object.assign(process.env, environment);
  const config = readConfig({
    ...environment,
    DATABASE_URL: formatDatabaseUrl(await database.login('writer')),
    OPS_PORT: '0',
    ALERTS_FILE: join(folder, 'alerts.yaml'),
    HEALTH_RULES_FILE: join(folder, 'rules.yaml'),
  });
  writer = await startWriter(config, { logger, signal: new AbortController().signal });
});
afterEach(async () => {
  await writer.stop();
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_BSP_SCHEDULE_DELAY', 'OTEL_TRACES_SAMPLER'])
    delete process.env[name];
  await appender.close();
  await collector.close();
  webhook.closeAllConnections();
  webhook.close();
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

let ids = 0;
const heartbeat = (subject: string, trace?: TraceContext, cpu = 0.1): CpeEvent => ({
  ...{ id: `e${(ids += 1)}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject },
  correlationid: `c-${ids}`,
  ...(trace === undefined ? {} : { traceparent: formatTraceparent(trace) }),
  data: { interval_seconds: 60, metrics: { cpu_used_ratio: cpu } },
});
const spansOf = (trace: TraceContext): ReceivedSpan[] =>
  collector.spans.filter(({ traceId }) => traceId === trace.traceId);

test('of a batch only the recorded events have spans, below their appends, linked with that of the batch', async () => {
  const [one, other] = [recordedSpan(undefined), recordedSpan(undefined)];
  const unrecorded = { ...recordedSpan(undefined), sampled: false };
  const events = [heartbeat('A', one), heartbeat('B', unrecorded), heartbeat('C'), heartbeat('A', other)];
  await appender.append(events, 'heartbeat');
  await eventually('both are there', () => spansOf(one).length + spansOf(other).length === 2);
  const batch = collector.spans.filter(({ name }) => name === 'apply batch');
  for (const trace of [one, other]) {
    const [apply] = spansOf(trace);
    expect(apply).toMatchObject({
      ...{ service: 'cpemon-writer', name: 'apply', kind: 5, parentSpanId: trace.spanId, status: 0 },
      attributes: {
        'cpemon.event_type': 'cpemon.heartbeat.v1',
        'cpemon.outcome': 'applied',
        'cpemon.correlation_id': expect.stringMatching(/^c-/),
        'cpemon.position': expect.stringMatching(/^\d+-\d+-\d+$/),
      },
    });
    const [link] = apply!.links;
    const ofBatch = batch.find(({ spanId }) => spanId === link?.spanId);
    expect(ofBatch?.parentSpanId).toBe('');
    expect(ofBatch?.links).toContainEqual({ traceId: trace.traceId, spanId: apply!.spanId });
  }
  expect(collector.spans.filter(({ name }) => name === 'apply')).toHaveLength(2);
  expect(JSON.stringify(collector.spans.map(({ attributes }) => attributes))).not.toContain('"A"');
}, 60_000);

test('an event that cannot be applied has a span with the reason, although its trace is not recorded', async () => {
  const trace = { ...recordedSpan(undefined), sampled: false };
  const event: CpeEvent = {
    ...heartbeat('A', trace),
    ...{ type: 'cpemon.test.v1', data: { test: { fail: 'always' } } },
  };
  await appender.append([event], 'heartbeat');
  await eventually(
    'it is parked',
    async () => (await listParked(database.pool, STATE_GROUP, {}, { limit: 10 })).length === 1,
  );
  await eventually('its span is there', () => spansOf(trace).length > 0);
  expect(spansOf(trace)[0]).toMatchObject({
    ...{ name: 'apply', parentSpanId: trace.spanId, status: 2, error: 'refused' },
  });
}, 60_000);

test('the delivery of an alert is below the event that opened its condition, and tells the receiver of the trace', async () => {
  const first = recordedSpan(undefined);
  const second = recordedSpan(undefined);
  await appender.append([heartbeat('A', first, 0.99)], 'heartbeat');
  await sleep(1100);
  await appender.append([heartbeat('A', second, 0.98)], 'heartbeat');
  await eventually('it is told', () => told.length === 1, 30_000);
  await eventually('its span is there', () => spansOf(second).length === 2);
  const apply = spansOf(second).find(({ name }) => name === 'apply');
  const delivery = spansOf(second).find(({ name }) => name === 'deliver alert.firing');
  expect(delivery).toMatchObject({
    ...{ kind: 3, parentSpanId: apply!.spanId, status: 0 },
    attributes: { 'cpemon.receiver': 'noc', 'cpemon.attempt': 1 },
  });
  expect(told.map(({ kind, traceparent }) => [kind, parseTraceparent(traceparent)])).toEqual([
    ['alert.firing', { traceId: second.traceId, spanId: delivery!.spanId, sampled: true }],
  ]);
  expect(spansOf(first).map(({ name }) => name)).toEqual(['apply']);
}, 60_000);
