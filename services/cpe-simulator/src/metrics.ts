import { Counter, Gauge, Histogram, type Registry } from '@cpemon/service-kit';
import { countByCondition } from './fleet-view.js';
import type { Fleet } from './fleet.js';
import { NO_ANSWER_REASONS } from './outcome.js';
import type { PathTally } from './path-tally.js';
import type { Simulation } from './simulation.js';
import { PATHS, type Path } from './report-ways.js';
import type { Truth } from './truth.js';

/** Answers other than 2xx, grouped so that the label stays a closed set; `GET /truth` has the exact statuses. */
const STATUS_REASONS: Record<string, string> = {
  '400': 'bad_request',
  '401': 'unauthorized',
  '403': 'unauthorized',
  '404': 'not_found',
  '408': 'request_timeout',
  '413': 'too_large',
  '429': 'too_many_requests',
  '503': 'unavailable',
};
const REFUSAL_REASONS = [
  ...new Set(Object.values(STATUS_REASONS)),
  'redirect',
  'other_4xx',
  'other_5xx',
  'cwmp_fault',
  'rejected_in_batch',
  ...Object.keys(NO_ANSWER_REASONS),
];

export interface SimulatorMetrics {
  /** Called with each request's duration, sending to answer. */
  observeRequest(path: Path, seconds: number): void;
}

/** The truth's counters, read when Prometheus asks, so that no figure is kept twice. */
export function registerMetrics(
  registry: Registry,
  fleet: Fleet,
  simulation: Simulation,
  truth: Truth,
): void {
  const counter = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    read: (set: (labels: Record<L, string>, value: number) => void) => void,
  ): void => {
    new Counter({
      name: `cpemon_simulator_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        read((labels, value) => this.inc(labels, value));
      },
    });
  };
  const byPath = (name: string, help: string, read: (tally: PathTally) => number): void =>
    counter(name, help, ['path'], (set) => {
      for (const path of PATHS) set({ path }, read(truth.paths[path]));
    });
  const gauge = (name: string, help: string, label: string, read: () => Record<string, number>): void => {
    new Gauge({
      name: `cpemon_simulator_${name}`,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
      },
    });
  };

  counter('reports_due_total', 'Reports that fell due', [], (set) => set({}, truth.due));
  counter('reports_skipped_total', 'Reports that fell due and were never tried', [], (set) =>
    set({}, truth.skipped),
  );
  byPath('reports_sent_total', 'Reports tried at least once', ({ sent }) => sent);
  byPath('reports_acknowledged_total', 'Reports answered with 2xx', ({ acknowledged }) => acknowledged);
  byPath('reports_rejected_total', 'Reports refused for good', ({ rejected }) => rejected);
  byPath('requests_total', 'Requests made', ({ attempts }) => attempts);
  byPath('retries_total', 'Requests that repeat an earlier one', ({ retries }) => retries);
  counter(
    'refused_total',
    'Failures by reason: requests, and events inside batches',
    ['path', 'reason'],
    (set) => {
      for (const path of PATHS) {
        for (const [reason, count] of failuresOf(truth.paths[path])) set({ path, reason }, count);
      }
    },
  );
  gauge('reports_in_doubt', 'Reports not acknowledged that may have been stored', 'path', () =>
    Object.fromEntries(PATHS.map((path) => [path, truth.paths[path].in_doubt])),
  );
  gauge('shipments', 'Requests by what they are doing', 'state', () => {
    const { inFlight, queued, waiting } = simulation.load();
    return { in_flight: inFlight, queued, waiting };
  });
  gauge('devices', 'Virtual CPEs by simulated condition', 'condition', () => {
    return countByCondition(fleet);
  });
}

/** Scenarios that run: what a dashboard marks in time. @param known the built-in ones; others count as `own` */
export function registerScenarioMetrics(
  registry: Registry,
  known: readonly string[],
  running: () => readonly string[],
): void {
  new Gauge({
    name: 'cpemon_simulator_scenario_running',
    help: '1 while a scenario runs; own: one that was posted or read from a file',
    labelNames: ['scenario'],
    registers: [registry],
    collect() {
      for (const scenario of [...known, 'own']) this.set({ scenario }, 0);
      for (const name of running()) this.set({ scenario: known.includes(name) ? name : 'own' }, 1);
    },
  });
}

/** Request durations; made before the simulation because the transport feeds it. */
export function createRequestMetrics(registry: Registry): SimulatorMetrics {
  const durations = new Histogram({
    name: 'cpemon_simulator_request_duration_seconds',
    help: 'Time from sending a request to the end of its answer',
    labelNames: ['path'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers: [registry],
  });
  for (const path of PATHS) durations.zero({ path });
  return { observeRequest: (path, seconds) => durations.observe({ path }, seconds) };
}

function failuresOf(tally: PathTally): Map<string, number> {
  const counts = new Map(REFUSAL_REASONS.map((reason) => [reason, 0]));
  const add = (reason: string, count: number): void =>
    void counts.set(reason, (counts.get(reason) ?? 0) + count);
  for (const [status, count] of Object.entries(tally.refused_by_status)) add(statusReason(status), count);
  for (const [reason, count] of Object.entries(tally.unanswered_by_reason)) add(reason, count);
  for (const count of Object.values(tally.rejected_by_reason)) add('rejected_in_batch', count);
  return counts;
}

function statusReason(status: string): string {
  const named = STATUS_REASONS[status];
  if (named !== undefined) return named;
  if (status.length === 4) return 'cwmp_fault';
  if (status.startsWith('5')) return 'other_5xx';
  return status.startsWith('4') ? 'other_4xx' : 'redirect';
}
