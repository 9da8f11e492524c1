import { Counter, createWeightedHistogram, Gauge, Histogram, type Registry } from '@cpemon/service-kit';
import { WEAK_SETTINGS, type WeakSetting } from '@cpemon/database';
import type { ConsumerObserver } from '@cpemon/event-log';
import {
  INTAKE_PATHS,
  sourceOfPath,
  HEALTHS,
  SEVERITIES,
  type ConditionChange,
  type Health,
  type Reachability,
  type Severity,
} from '@cpemon/domain';
import { RULES_OUTCOMES, type RulesOutcome } from './health-rules-watch.js';

export const MAINTENANCE_JOBS = [
  'log-partitions',
  'log-retention',
  'departed-processes',
  'old-records',
  'history-pack',
  'history-retention',
  'change-feed',
  'erasure',
] as const;
export type MaintenanceJob = (typeof MAINTENANCE_JOBS)[number];
const CHATTY_CHANGES = ['began', 'ended'] as const;
const OUTCOMES = ['done', 'failed', 'skipped'] as const;

export interface WriterMetrics {
  observer: ConsumerObserver;
  transition(to: Reachability): void;
  /** A device has become chatty, or normal again. */
  chatty(change: (typeof CHATTY_CHANGES)[number]): void;
  maintenance(job: MaintenanceJob, outcome: (typeof OUTCOMES)[number]): void;
  /** What the database says of the scheduled work. @param successes epoch ms by job */
  maintenanceSeen(
    successes: ReadonlyMap<string, number | null>,
    mark: { lowWaterHour: number; wantedHour: number },
  ): void;
  /** A condition has opened or closed; the health of a device is another. */
  condition(state: ConditionChange['state'], severity: Severity): void;
  health(to: Health): void;
  /** The file of health rules was looked at. @param rules how many are in force */
  healthRulesSeen(outcome: RulesOutcome, rules: number): void;
  fleetDrift(devices: number): void;
  /** Sources that are silent as a whole, as far as this process decides it: '/webhook'. */
  sourcesSilent(sources: readonly string[]): void;
  /** Up to when this process has decided which are, epoch ms. */
  sourcesDecided(until: number): void;
  /** Which of the database's settings make what is committed less than durable. */
  durabilitySeen(weak: readonly WeakSetting[]): void;
}

/** Declares the writer's metrics. @param cached what is in memory now */
export function createWriterMetrics(
  registry: Registry,
  cached: () => { devices: number; bytes: number },
): WriterMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `cpemon_writer_${name}`, help, registers });
  const applied = counter('applied_events_total', 'Events applied, of which repeats and late ones');
  const duplicates = counter('duplicate_events_total', 'Events applied that were there already');
  const late = counter('late_events_total', 'Events applied that were older than the newest of their source');
  const quarantined = counter(
    'quarantined_events_total',
    'Events applied of identities that are not admitted',
  );
  const erased = counter(
    'erased_events_total',
    'Events passed over because they were received before their device was erased',
  );
  const batches = counter('batches_total', 'Batches committed');
  const failedBatches = counter('failed_batches_total', 'Batches that were rolled back and are tried again');
  const gaps = counter('log_gaps_total', 'Reads of the log that found a hole after looking twice');
  const refused = (name: string, help: string) => {
    const made = new Counter({ name: `cpemon_writer_${name}`, help, labelNames: ['reason'], registers });
    for (const reason of ['refused', 'data_error', 'unknown_type']) made.inc({ reason }, 0);
    return made;
  };
  const parked = refused(
    'parked_devices_total',
    'Devices whose event could not be applied; those behind it wait',
  );
  const deadLetters = refused('dead_letters_total', 'Events given up after their last attempt');
  const transitions = new Counter({
    name: 'cpemon_writer_transitions_total',
    help: 'Changes of a device from one reachability to another',
    labelNames: ['to'],
    registers,
  });
  for (const to of ['online', 'stale', 'offline']) transitions.inc({ to }, 0);
  const chatty = new Counter({
    name: 'cpemon_writer_chatty_devices_total',
    help: 'Devices that have begun to report far too often, and that have ended it; began less ended: those that do now',
    labelNames: ['change'],
    registers,
  });
  for (const change of CHATTY_CHANGES) chatty.inc({ change }, 0);
  const conditions = new Counter({
    name: 'cpemon_writer_conditions_total',
    help: 'Conditions of health rules that have opened and closed; opened less closed: those that are open now',
    labelNames: ['state', 'severity'],
    registers,
  });
  for (const severity of SEVERITIES)
    for (const state of ['opened', 'closed']) conditions.inc({ state, severity }, 0);
  const healths = new Counter({
    name: 'cpemon_writer_health_changes_total',
    help: 'Changes of a device from one health to another, but for its first to ok',
    labelNames: ['to'],
    registers,
  });
  for (const to of HEALTHS) if (to !== 'unknown') healths.inc({ to }, 0);
  const rulesLoads = new Counter({
    name: 'cpemon_writer_health_rules_loads_total',
    help: 'Looks at a new or changed file of health rules; of one that is not loaded the rules of before stay',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of RULES_OUTCOMES) rulesLoads.inc({ outcome }, 0);
  const rulesInForce = new Gauge({
    name: 'cpemon_writer_health_rules',
    help: 'Health rules in force',
    registers,
  });
  const rulesValid = new Gauge({
    name: 'cpemon_writer_health_rules_valid',
    help: '1: what the file of health rules says is in force; 0: it cannot be used',
    registers,
  });
  const maintenance = new Counter({
    name: 'cpemon_writer_maintenance_runs_total',
    help: 'Runs of scheduled work; skipped: another process was at it',
    labelNames: ['job', 'outcome'],
    registers,
  });
  for (const job of MAINTENANCE_JOBS) for (const outcome of OUTCOMES) maintenance.inc({ job, outcome }, 0);
  const succeededAt = new Gauge({
    name: 'cpemon_writer_maintenance_last_success_timestamp_seconds',
    help: "When scheduled work was last done by any writer, by the database's clock; 0: never",
    labelNames: ['job'],
    registers,
  });
  for (const job of MAINTENANCE_JOBS) succeededAt.set({ job }, 0);
  const overdue = new Gauge({
    name: 'cpemon_log_retention_overdue_hours',
    help: 'Hours of the log that are kept beyond its retention, because something still needs them',
    registers,
  });
  const durability = new Gauge({
    name: 'cpemon_database_durability_weak',
    help: '1: a setting of the database by which it may lose what it has confirmed',
    labelNames: ['setting'],
    registers,
  });
  const durabilitySeen = (weak: readonly WeakSetting[]): void => {
    for (const setting of WEAK_SETTINGS) durability.set({ setting }, weak.includes(setting) ? 1 : 0);
  };
  durabilitySeen([]);
  const silent = new Gauge({
    name: 'cpemon_writer_source_silent',
    help: '1: next to nothing comes in by a path that brought more; told by the one writer that decides it',
    labelNames: ['path'],
    registers,
  });
  for (const path of INTAKE_PATHS) silent.set({ path }, 0);
  const decided = new Gauge({
    name: 'cpemon_writer_sources_decided_timestamp_seconds',
    help: 'Up to when this process has decided which sources are silent: deadlines after the latest of all writers wait',
    registers,
  });
  const drift = counter('fleet_drift_devices_total', 'Devices by which a kept count was off when recounted');
  const events = new Histogram({
    name: 'cpemon_writer_batch_events',
    help: 'Events in a batch',
    buckets: [1, 10, 100, 1000, 4000, 16_000, 64_000],
    registers,
  });
  const seconds = new Histogram({
    name: 'cpemon_writer_batch_duration_seconds',
    help: 'From reading a batch to its commit',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const visible = createWeightedHistogram({
    name: 'cpemon_writer_visible_seconds',
    help: "Of each event, from its receipt in the log to the commit that made it visible, by the database's clock",
    // The objective, 0.1 s, is an edge.
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
    registry,
  });
  const lanes = new Gauge({ name: 'cpemon_writer_lanes_owned', help: 'Lanes under our lease', registers });
  const committedAt = new Gauge({
    name: 'cpemon_writer_last_commit_timestamp_seconds',
    help: "When a batch with events was last committed, by this host's clock",
    registers,
  });
  new Gauge({
    name: 'cpemon_writer_cached_devices',
    help: 'Serial numbers in memory',
    registers,
    collect() {
      this.set(cached().devices);
    },
  });
  new Gauge({
    name: 'cpemon_writer_cached_bytes',
    help: 'Memory of the devices in memory, but for those that a batch works with',
    registers,
    collect() {
      this.set(cached().bytes);
    },
  });
  return {
    observer: {
      applied(batch) {
        applied.inc(batch.events);
        duplicates.inc(batch.duplicates);
        late.inc(batch.late);
        quarantined.inc(batch.quarantined);
        erased.inc(batch.erased);
        batches.inc();
        events.observe(batch.events);
        seconds.observe(batch.seconds);
        committedAt.setToCurrentTime();
      },
      visible: (count, duration) => visible.observe(duration, count),
      applyFailed: () => failedBatches.inc(),
      gapSeen: () => gaps.inc(),
      parked: (reason) => parked.inc({ reason }),
      deadLetter: (reason) => deadLetters.inc({ reason }),
      lanesOwned: (count) => lanes.set(count),
    },
    transition: (to) => transitions.inc({ to }),
    chatty: (change) => chatty.inc({ change }),
    maintenance: (job, outcome) => maintenance.inc({ job, outcome }),
    maintenanceSeen(successes, { lowWaterHour, wantedHour }) {
      for (const job of MAINTENANCE_JOBS) succeededAt.set({ job }, (successes.get(job) ?? 0) / 1000);
      overdue.set(Math.max(0, wantedHour - lowWaterHour));
    },
    condition: (state, severity) => conditions.inc({ state, severity }),
    health: (to) => healths.inc({ to }),
    healthRulesSeen(outcome, rules) {
      rulesLoads.inc({ outcome });
      rulesInForce.set(rules);
      rulesValid.set(outcome === 'loaded' ? 1 : 0);
    },
    fleetDrift: (devices) => drift.inc(devices),
    sourcesSilent(sources) {
      for (const path of INTAKE_PATHS) silent.set({ path }, sources.includes(sourceOfPath(path)) ? 1 : 0);
    },
    sourcesDecided: (until) => decided.set(until / 1000),
    durabilitySeen,
  };
}
