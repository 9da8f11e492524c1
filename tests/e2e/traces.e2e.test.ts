import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, sleep } from '../support/eventually.js';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { startStack, type RunningStack } from '../support/running-stack.js';
import { traceTree } from '../support/trace-tree.js';

let collector: OtlpReceiver;
let webhook: Server;
let told: (string | undefined)[];
let folder: string;
let stack: RunningStack;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  told = [];
  webhook = createServer((request, response) => {
    told.push(request.headers['traceparent'] as string | undefined);
    request.resume().on('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'cpemon-traces-'));
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`;
  const alerts = join(folder, 'alerts.yaml');
  writeFileSync(
    alerts,
    `rules:
  - { name: hot, on: condition, severities: [critical] }
receivers:
  - { name: noc, type: webhook, url: '${url}' }
`,
  );
  const rules = join(folder, 'rules.yaml');
  writeFileSync(
    rules,
    `rules:
  - { name: cpu-full, metric: cpu_used_ratio, above: 0.9, for: 1s, severity: critical, text: 'CPU at {value}' }
`,
  );
  stack = await startStack({
    devices: 0,
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      // What is not asked for with a traceparent is left out: the page, and the first report.
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      ...{ ALERTS_FILE: alerts, HEALTH_RULES_FILE: rules },
    },
  });
}, 120_000);
afterAll(async () => {
  await stack?.discard();
  await collector.close();
  webhook.closeAllConnections();
  webhook.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const SENDER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

function report(headers: Record<string, string> = {}): Promise<Response> {
  const file = stack.file();
  const url = file.processes.find(({ name }) => name === 'cpemon-api')!.url;
  return fetch(`${url}/cpe/heartbeat`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${file.tokens.ingest}`,
      ...headers,
    },
    body: JSON.stringify({ sn: 'TRACED1', cpu_pct: 97 }),
  });
}

test('one event is followed from its request through the log and the writer to the alert that it caused', async () => {
  expect((await report()).status).toBe(202);
  // The rule wants it to hold for a second: the second report opens the condition.
  await sleep(1200);
  const traceparent = `00-${SENDER.traceId}-${SENDER.spanId}-01`;
  expect((await report({ traceparent, 'x-correlation-id': 'ticket-4711' })).status).toBe(202);
  const trace = (): ReceivedSpan[] => collector.spans.filter(({ traceId }) => traceId === SENDER.traceId);
  await eventually('all of it is there', () => trace().length >= 4, 60_000);

  const named = (name: string): ReceivedSpan => trace().find((span) => span.name === name)!;
  const [request, append] = [named('POST /cpe/heartbeat'), named('append')];
  const [apply, delivery] = [named('apply'), named('deliver alert.firing')];
  expect(trace()).toHaveLength(4);
  expect(request).toMatchObject({ service: 'cpemon-api', kind: 2, parentSpanId: SENDER.spanId });
  expect(append).toMatchObject({ service: 'cpemon-api', kind: 4, parentSpanId: request.spanId });
  expect(apply).toMatchObject({ service: 'cpemon-writer', kind: 5, parentSpanId: append.spanId });
  expect(delivery).toMatchObject({ service: 'cpemon-writer', kind: 3, parentSpanId: apply.spanId });
  for (const span of [request, apply]) expect(span.attributes['cpemon.correlation_id']).toBe('ticket-4711');
  expect(told).toEqual([`00-${SENDER.traceId}-${delivery.spanId}-01`]);

  const batch = collector.spans.find(({ name }) => name === 'apply batch');
  expect(batch?.links).toEqual([{ traceId: SENDER.traceId, spanId: apply.spanId }]);
  expect(collector.spans).toHaveLength(5);
  expect(traceTree(trace()).map((line) => line.replace(/ \(.*/, ''))).toEqual([
    'cpemon-api: POST /cpe/heartbeat',
    '  cpemon-api: append',
    '    cpemon-writer: apply',
    '      cpemon-writer: deliver alert.firing',
  ]);
  if (process.env['SHOW_TRACE'] !== undefined)
    console.log([...traceTree(trace()), ...traceTree([batch!])].join('\n'));
}, 120_000);
