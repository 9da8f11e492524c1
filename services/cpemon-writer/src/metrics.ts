import { Counter, Gauge, Histogram, type Registry } from '@cpemon/service-kit';
import { WEAK_SETTINGS, type WeakSetting } from '@cpemon/database';
import type { ConsumerObserver } from '@cpemon/event-log';
import type { Reachability } from '@cpemon/domain';

export const MAINTENANCE_JOBS = [
  'log-partitions',
  'log-retention',
  'departed-processes',
  'old-records',
  'history-pack',
  'history-retention',
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
  fleetDrift(devices: number): void;
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
        batches.inc();
        events.observe(batch.events);
        seconds.observe(batch.seconds);
        committedAt.setToCurrentTime();
      },
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
    fleetDrift: (devices) => drift.inc(devices),
    durabilitySeen,
  };
}
