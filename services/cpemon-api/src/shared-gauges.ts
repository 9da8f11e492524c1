import type { PoolUse } from '@cpemon/database';
import { INTAKE_PATHS, pathsDown, type IntakeMoment } from '@cpemon/domain';
import type { LogStats } from '@cpemon/event-log';
import { Counter, Gauge, type Registry } from '@cpemon/service-kit';
import type { FleetCounts, HealthCounts } from '@cpemon/store';
import { fleetView } from './fleet-view.js';
import { lanesAtWork, totalsOf } from './pipeline-view.js';

/** What the database says of the log and the fleet. */
export interface SharedReading {
  stats: LogStats;
  counts: FleetCounts;
  ofPathsDown: FleetCounts | undefined;
  intake: IntakeMoment;
  healths?: HealthCounts;
}

/** Figures of the whole installation, which one process shows for all. */
export interface SharedGauges {
  show(reading: SharedReading): void;
  /** Another process shows them, or nobody can read them: an old figure is worse than none. */
  hide(): void;
}

const FLEET_STATUSES = ['online', 'degraded', 'stale', 'offline', 'unknown'] as const;

/** Declares them; there are no series until `show`. */
export function createSharedGauges(registry: Registry): SharedGauges {
  let reading: SharedReading | undefined;
  const declared = { registers: [registry] };
  const single = (name: string, help: string, of: (now: SharedReading) => number): void => {
    new Gauge({
      ...{ ...declared, name, help },
      collect() {
        if (reading === undefined) this.remove();
        else this.set(of(reading));
      },
    });
  };
  const total = (name: string, help: string, of: (now: SharedReading) => number): void => {
    new Counter({
      ...{ ...declared, name, help },
      collect() {
        this.reset();
        if (reading === undefined) this.remove();
        else this.inc(of(reading));
      },
    });
  };
  const labelled = (
    name: string,
    help: string,
    label: string,
    of: (now: SharedReading) => Record<string, number>,
  ): void => {
    new Gauge({
      ...{ ...declared, name, help, labelNames: [label] },
      collect() {
        this.reset();
        for (const [value, figure] of Object.entries(reading === undefined ? {} : of(reading)))
          this.set({ [label]: value }, figure);
      },
    });
  };

  total('cpemon_pipeline_accepted_events_total', 'Events that the log has taken', ({ stats }) =>
    Math.max(0, totalsOf(stats).accepted),
  );
  total('cpemon_pipeline_applied_events_total', 'Events that device state shows', ({ stats }) =>
    Math.max(0, totalsOf(stats).applied),
  );
  single('cpemon_pipeline_backlog_events', 'Events in the log that no writer has applied', ({ stats }) =>
    sum(stats.lanes.map(({ lagEvents }) => lagEvents)),
  );
  single(
    'cpemon_pipeline_oldest_event_age_seconds',
    'Age of the oldest event that is not applied; 0 when there is none',
    ({ stats }) => oldestAgeSeconds(stats),
  );
  labelled(
    'cpemon_pipeline_lane_backlog_events',
    'Events of a lane that no writer has applied',
    'lane',
    ({ stats }) => {
      const byLane: Record<string, number> = {};
      for (const { lane, lagEvents } of lanesAtWork(stats.lanes))
        byLane[lane] = (byLane[lane] ?? 0) + lagEvents;
      return byLane;
    },
  );
  labelled(
    'cpemon_pipeline_lanes',
    'Lanes by whether a writer that is alive owns them',
    'state',
    ({ stats }) => {
      const alive = new Set(stats.members.map(({ member }) => member));
      const lanes = lanesAtWork(stats.lanes);
      const owned = lanes.filter(({ owner }) => owner !== null && alive.has(owner)).length;
      return { owned, unowned: lanes.length - owned };
    },
  );
  single('cpemon_pipeline_writers', 'Writers whose lease holds', ({ stats }) => stats.members.length);
  labelled(
    'cpemon_pipeline_set_aside_events',
    'Events passed without being applied, by what became of them',
    'state',
    ({ stats: { lanes } }) => ({
      parked: sum(lanes.map(({ parkedEvents }) => parkedEvents)),
      dead: sum(lanes.map(({ deadLetters }) => deadLetters)),
      discarded: sum(lanes.map(({ discarded }) => discarded)),
      skipped: sum(lanes.map(({ skipped }) => skipped)),
    }),
  );
  single('cpemon_pipeline_parked_devices', 'Devices whose events wait for one of theirs', ({ stats }) =>
    sum(stats.lanes.map(({ parkedDevices }) => parkedDevices)),
  );
  labelled(
    'cpemon_fleet_devices',
    'Devices by status; those heard of on a path that is down are unknown',
    'status',
    ({ counts, ofPathsDown, intake, healths }) => {
      const { by_status: byStatus } = fleetView(counts, ofPathsDown, intake, healths);
      return Object.fromEntries(FLEET_STATUSES.map((status) => [status, byStatus[status]]));
    },
  );
  labelled(
    'cpemon_intake_path_accepting',
    '0 while no process accepts on a path that was open before',
    'path',
    ({ intake }) => {
      const down = pathsDown(intake);
      const open = INTAKE_PATHS.filter((path) => intake.acceptedAt.has(path));
      return Object.fromEntries(open.map((path) => [path, down.includes(path) ? 0 : 1]));
    },
  );
  return {
    show: (now) => (reading = now),
    hide: () => (reading = undefined),
  };
}

/** Declares the use of this process's pools. */
export function declarePoolUse(registry: Registry, pools: Readonly<Record<string, () => PoolUse>>): void {
  new Gauge({
    name: 'cpemon_database_pool_connections',
    help: 'Connections to the database that are busy or idle, and callers that wait for one',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [pool, use] of Object.entries(pools))
        for (const [state, count] of Object.entries(use())) this.set({ pool, state }, count as number);
    },
  });
}

/** Seconds by the database's clock; 0 when everything is applied. */
function oldestAgeSeconds({ at, lanes }: LogStats): number {
  const waiting = lanes.flatMap(({ oldestUnappliedAt }) => oldestUnappliedAt ?? []);
  return waiting.length === 0 ? 0 : Math.max(0, at - Math.min(...waiting)) / 1000;
}

const sum = (figures: readonly number[]): number => figures.reduce((total, each) => total + each, 0);
