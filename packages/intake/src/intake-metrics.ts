import {
  DROP_REASONS,
  REFUSAL_CODES,
  type DropCounts,
  type DropReason,
  type RefusalCode,
} from '@cpemon/contracts';
import { WEAK_SETTINGS, type WeakSetting } from '@cpemon/database';
import type { IntakePath } from '@cpemon/domain';
import type { AppendObserver, LogAppender } from '@cpemon/event-log';
import { Counter, Gauge, Histogram, type Registry } from '@cpemon/service-kit';
import { GATE_REASONS, type GateReading, type GateReason } from './intake-gate.js';

/** How a request to a path ended: `queued`, a refusal, or one of these. */
const OTHER_OUTCOMES = [
  // Right, and nothing to keep: an empty POST of CWMP, a message that is no event.
  'empty',
  'no_event',
  'overloaded',
  'backlog_full',
  'not_replicated',
  'log_unavailable',
  'aborted',
  'internal_error',
] as const;
export type IntakeOutcome = 'queued' | RefusalCode | (typeof OTHER_OUTCOMES)[number];
const OUTCOMES: readonly IntakeOutcome[] = ['queued', ...REFUSAL_CODES, ...OTHER_OUTCOMES];

/** The counters of one path in. */
export interface PathMetrics {
  ended(outcome: IntakeOutcome): void;
  accepted(events: number): void;
  refused(reason: RefusalCode, events?: number): void;
  appended(seconds: number): void;
  dropped(drops: DropCounts): void;
  /** Samples that were not taken and that their sender, as it comes, does not send again. Of some paths only. */
  lost(reason: LossReason, samples?: number): void;
}

/** Paths whose senders, as they come, send nothing twice: a refusal loses the sample (TR-181: RetryEnable is false). */
const UNREPEATED_PATHS: readonly IntakePath[] = ['bulkdata'];
/** `left_out`: older reports than a body may have. */
export type LossReason = IntakeOutcome | 'left_out';
const LOSS_REASONS: readonly LossReason[] = [...REFUSAL_CODES, ...OTHER_OUTCOMES, 'left_out'];

export interface IntakeMetrics {
  path(path: IntakePath): PathMetrics;
  /** For the appender. */
  observer: AppendObserver;
  /** How much waits in the log, how much of its disk is free, and what closes intake. */
  gateSeen(reading: GateReading, closedBy: readonly GateReason[]): void;
  /** Which of the database's settings make what is committed less than durable. */
  durabilitySeen(weak: readonly WeakSetting[]): void;
}

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Declares the metrics of taking events in. Every label comes from a closed set and every series is there from the
 * start. @param buffered what waits in front of the log now
 */
export function createIntakeMetrics(
  registry: Registry,
  paths: readonly IntakePath[],
  buffered: LogAppender['buffered'],
): IntakeMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'cpemon_ingest_requests_total',
    help: 'Requests with events, by how they ended',
    labelNames: ['path', 'code'],
    registers,
  });
  const events = new Counter({
    name: 'cpemon_ingest_events_total',
    help: 'Events that are in the log and were acknowledged',
    labelNames: ['path'],
    registers,
  });
  const refused = new Counter({
    name: 'cpemon_ingest_refused_total',
    help: 'Events, or bodies that could not be taken apart, refused for what they say',
    labelNames: ['path', 'reason'],
    registers,
  });
  const dropped = new Counter({
    name: 'cpemon_ingest_dropped_values_total',
    help: 'Values left out of accepted events',
    labelNames: ['reason'],
    registers,
  });
  const seconds = new Histogram({
    name: 'cpemon_ingest_append_seconds',
    help: 'From handing events to the log to their commit',
    labelNames: ['path'],
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  });
  for (const reason of DROP_REASONS) dropped.inc({ reason }, 0);
  const lost = new Counter({
    name: 'cpemon_ingest_lost_samples_total',
    help: 'Reports, or bodies that could not be taken apart, not taken from senders that by default send no report twice',
    labelNames: ['path', 'reason'],
    registers,
  });

  const byPath = new Map(
    paths.map((path): [IntakePath, PathMetrics] => {
      const ended = childrenOf(OUTCOMES, (code) => requests.labels({ path, code }));
      const refusals = childrenOf(REFUSAL_CODES, (reason) => refused.labels({ path, reason }));
      const accepted = events.labels({ path });
      const losses = UNREPEATED_PATHS.includes(path)
        ? childrenOf(LOSS_REASONS, (reason) => lost.labels({ path, reason }))
        : undefined;
      const appendSeconds = seconds.labels({ path });
      accepted.inc(0);
      seconds.zero({ path });
      return [
        path,
        {
          ended: (outcome) => ended[outcome].inc(),
          accepted: (count) => accepted.inc(count),
          refused: (reason, count = 1) => refusals[reason].inc(count),
          appended: (duration) => appendSeconds.observe(duration),
          dropped(drops) {
            for (const reason in drops) dropped.inc({ reason }, drops[reason as DropReason] ?? 0);
          },
          lost: (reason, samples = 1) => losses?.[reason].inc(samples),
        },
      ];
    }),
  );
  declareBuffer(registry, buffered);
  return {
    path(path) {
      const metrics = byPath.get(path);
      if (metrics === undefined) throw new Error(`No metrics were declared for the path ${path}`);
      return metrics;
    },
    observer: declareFlushes(registry),
    gateSeen: declareGate(registry),
    durabilitySeen: declareDurability(registry),
  };
}

function childrenOf<Value extends string>(
  values: readonly Value[],
  childOf: (value: Value) => Counter.Internal,
): Record<Value, Counter.Internal> {
  const children = {} as Record<Value, Counter.Internal>;
  for (const value of values) {
    children[value] = childOf(value);
    children[value].inc(0);
  }
  return children;
}

function declareBuffer(registry: Registry, buffered: LogAppender['buffered']): void {
  for (const what of ['events', 'bytes', 'callers'] as const) {
    new Gauge({
      name: `cpemon_ingest_buffered_${what}`,
      help: `What waits for its commit: ${what}`,
      registers: [registry],
      collect() {
        this.set(buffered()[what]);
      },
    });
  }
}

function declareGate(registry: Registry): IntakeMetrics['gateSeen'] {
  const registers = [registry];
  const open = new Gauge({
    name: 'cpemon_intake_gate_open',
    help: '0 while senders are turned away for this reason',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of GATE_REASONS) open.set({ reason }, 1);
  // Without a label a gauge is 0 from the start; these are absent until they are known.
  const backlog = new Gauge({
    name: 'cpemon_intake_backlog_bytes',
    help: 'Bytes of events in the log that a writer has not applied',
    registers: [],
  });
  const free = new Gauge({
    name: 'cpemon_intake_disk_free_ratio',
    help: "Part of the database's disk that is free, 0 to 1",
    registers: [],
  });
  const held = new Gauge({
    name: 'cpemon_intake_semi_sync_held',
    help: '1: a replica confirms each commit before it is acknowledged; 0: no replica does',
    registers: [],
  });
  const known = (gauge: Gauge, value: number | null): void => {
    if (value === null) return;
    gauge.set(value);
    registry.registerMetric(gauge);
  };
  return ({ backlogBytes, freeDiskRatio, semiSync }, closedBy) => {
    for (const reason of GATE_REASONS) open.set({ reason }, closedBy.includes(reason) ? 0 : 1);
    known(backlog, backlogBytes);
    known(free, freeDiskRatio);
    known(held, semiSync === null ? null : Number(semiSync === 'held'));
  };
}

function declareDurability(registry: Registry): IntakeMetrics['durabilitySeen'] {
  const gauge = new Gauge({
    name: 'cpemon_database_durability_weak',
    help: '1: a setting of the database by which it may lose what it has confirmed',
    labelNames: ['setting'],
    registers: [registry],
  });
  const show = (weak: readonly WeakSetting[]): void => {
    for (const setting of WEAK_SETTINGS) gauge.set({ setting }, weak.includes(setting) ? 1 : 0);
  };
  show([]);
  return show;
}

function declareFlushes(registry: Registry): AppendObserver {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'cpemon_ingest_flush_seconds',
    help: 'Time of a flush to the log, with its repetitions',
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  });
  const sizes = new Histogram({
    name: 'cpemon_ingest_flush_events',
    help: 'Events in a flush to the log',
    buckets: [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000],
    registers,
  });
  const failures = new Counter({
    name: 'cpemon_ingest_flush_failures_total',
    help: 'Flushes that had no answer or were refused; most are sent again',
    registers,
  });
  return {
    flushed({ events, seconds: duration }) {
      seconds.observe(duration);
      sizes.observe(events);
    },
    flushFailed: () => failures.inc(),
  };
}
