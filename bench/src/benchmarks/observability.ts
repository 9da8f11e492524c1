import { join } from 'node:path';
import type { SingleConnection } from '@cpemon/database';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { refuseUnlessAllAccepted } from '../load/all-accepted.js';
import { shuffledFleet } from '../load/fleet-load.js';
import { runLoad } from '../load/load-generator.js';
import { monotonicMs } from '../load/monotonic-clock.js';
import { medianInterval } from '../observability/median-interval.js';
import { startSpanSink, type SpanSink } from '../observability/span-sink.js';
import { ratioFigure, type RunPair } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState, type ExpectedState } from '../stack/expected-state.js';
import { readLogBooks } from '../stack/log-books.js';
import { startPrivateStack, type PrivateStack } from '../stack/private-stack.js';
import { cpuSecondsOf } from '../stack/process-cpu.js';
import { registerFleet } from '../stack/register-fleet.js';
import type { ServiceProcess } from '../stack/service-process.js';
import { watchDrain } from '../stack/watch-drain.js';

const SIZES = {
  quick: { pairs: 1, warmUp: 1000, events: 4000 },
  short: { pairs: 10, warmUp: 4000, events: 16_000 },
  full: { pairs: 10, warmUp: 20_000, events: 100_000 },
};
const DEVICES = 20_000;
/** Each event its own request, which is what costs most; well below what the services can take. */
const EVENTS_PER_SECOND = 2000;
const CONNECTIONS = 64;
/** Three times as often as usual. */
const SCRAPE_EVERY_MS = 5000;
const THOUSAND = 1000;

const VARIANTS = ['none', 'metrics-logs', 'traces'] as const;
type Variant = (typeof VARIANTS)[number];

const WITHOUT_METRICS = join(__dirname, '../observability/without-metrics.js');

/** CPU of cpemon-api and a writer together, for single heartbeats at an even rate from request to device state. */
export const observability: Benchmark = {
  name: 'observability',
  about:
    'CPU seconds per 1,000 events with metrics and logs, against none; and with traces at 1 %, against without',
  async run(context: BenchContext) {
    const { pairs, warmUp, events } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const expected = createExpectedState(DEVICES);
    const sink = await startSpanSink();
    context.atEnd(() => sink.close());
    await register(stack, expected);

    const measured: Record<Variant, number[]> = { none: [], 'metrics-logs': [], traces: [] };
    for (let pair = 0; pair < pairs; pair += 1) {
      // Each comes first, second and last alike: what the database does meanwhile falls on all of them.
      const turn = VARIANTS.map((_, n) => VARIANTS[(n + pair) % VARIANTS.length]!);
      for (const variant of turn) {
        const run = { stack, connection, expected, sink, warmUp, events };
        measured[variant].push(await cpuPerThousand(variant, run));
      }
      const said = VARIANTS.map((variant) => `${variant} ${(measured[variant].at(-1)! * 1000).toFixed(1)}`);
      context.say(`round ${pair + 1}, CPU ms per 1,000 events: ${said.join(', ')}`);
    }
    await checkApplied(stack, expected);
    context.say(`checked: all ${expected.total()} events are applied once`);
    const pairsOf = (ours: Variant, other: Variant): RunPair[] =>
      measured[ours].map((value, n) => ({ ours: value, limit: measured[other][n]! }));
    const compared = [
      { name: 'metrics-logs', against: 'none', runs: pairsOf('metrics-logs', 'none') },
      { name: 'traces', against: 'metrics-logs', runs: pairsOf('traces', 'metrics-logs') },
    ];
    for (const { name, against, runs } of compared) {
      const { median, from, to, confidence } = medianInterval(runs.map(({ ours, limit }) => ours / limit));
      context.say(
        `${name} against ${against}: median ratio ${median.toFixed(3)}, that of all such runs from ${from.toFixed(3)} to ` +
          `${to.toFixed(3)} (${(confidence * 100).toFixed(0)} % sure)`,
      );
    }
    return compared.map(({ name, against, runs }) =>
      ratioFigure(`observability.${name}`, 'CPU-s/1000-events', against, runs),
    );
  },
};

async function register(stack: PrivateStack, expected: ExpectedState): Promise<void> {
  const api = await stack.startApi();
  const writer = await stack.spawnWriter();
  await registerFleet(stack, api, expected, DEVICES);
  await stack.stop(api);
  await stack.stop(writer);
}

interface VariantRun {
  stack: PrivateStack;
  connection: SingleConnection;
  expected: ExpectedState;
  sink: SpanSink;
  warmUp: number;
  events: number;
}

async function cpuPerThousand(variant: Variant, run: VariantRun): Promise<number> {
  const { stack, connection, expected, sink, warmUp, events } = run;
  const environment = environmentOf(variant, sink);
  const api = await stack.startApi(environment);
  const writer = await stack.spawnWriter(environment);
  await writer.ready();
  const stopScraping = variant === 'none' ? () => undefined : startScraping([api, writer]);

  const send = async (count: number): Promise<void> => {
    const fleet = shuffledFleet(DEVICES);
    const { applied } = await readLogBooks(connection);
    const target = { host: '127.0.0.1', port: api.port, token: api.token, path: '/cpe/heartbeat', batch: 1 };
    const stages = [{ name: 'even', everyMs: THOUSAND / EVENTS_PER_SECOND, requests: count }];
    const firstDueMs = monotonicMs() + 200;
    const load = await runLoad({ kind: 'open', target, fleet, connections: CONNECTIONS, firstDueMs, stages });
    refuseUnlessAllAccepted(variant, load);
    expected.add(fleet, count);
    await watchDrain(connection, applied, count);
  };
  const used = (): number => cpuSecondsOf(api.pid) + cpuSecondsOf(writer.pid);
  await send(warmUp);
  const before = used();
  await send(events);
  const seconds = used() - before;
  stopScraping();
  await stack.stop(api);
  await stack.stop(writer);
  const bytes = sink.takeBytes();
  if ((variant === 'traces') !== bytes > 0) throw new WrongResult(`${variant}: ${bytes} bytes of spans came`);
  return (seconds / events) * THOUSAND;
}

function environmentOf(variant: Variant, sink: SpanSink): Record<string, string> {
  if (variant === 'none') return { LOG_LEVEL: 'silent', NODE_OPTIONS: `--require=${WITHOUT_METRICS}` };
  if (variant === 'metrics-logs') return { LOG_LEVEL: 'info' };
  return {
    ...{ LOG_LEVEL: 'info', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    ...{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
  };
}

function startScraping(services: readonly ServiceProcess[]): () => void {
  const scrape = (): void => {
    for (const { operationsUrl } of services)
      void fetch(`${operationsUrl}/metrics`)
        .then((answer) => answer.arrayBuffer())
        .catch(() => undefined);
  };
  const timer = setInterval(scrape, SCRAPE_EVERY_MS);
  return () => clearInterval(timer);
}
