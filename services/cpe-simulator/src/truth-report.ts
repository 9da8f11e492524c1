import type { Incident, IncidentLog } from './scenarios/incident-log.js';
import type { Simulation } from './simulation.js';
import { PATHS, type Path } from './report-ways.js';
import type { Observers } from './observers.js';
import { openReports, totalsOf, type PathTally } from './path-tally.js';
import type { Truth } from './truth.js';

/** The body of `GET /truth`. */
export interface TruthReport {
  /** Names this run of the simulator: counts begin at zero with each. */
  run_id: string;
  started_at: string;
  as_of: string;
  paused: boolean;
  devices: number;
  devices_cut: number;
  totals: PathTally & {
    due: number;
    skipped: number;
    /** Reports sent whose fate is open: neither acknowledged, rejected, abandoned nor in doubt yet. */
    open: number;
    /** Requests in flight; shipments that wait for a connection, and for a retry. */
    in_flight: number;
    queued: number;
    waiting: number;
    /** Requests that were sent once more on purpose, after they had been acknowledged. */
    copies: number;
  };
  by_path: Record<Path, PathTally>;
  /** What really happened; `GET /truth/incidents` has the serial numbers too. */
  incidents: Omit<Incident, 'serial_numbers'>[];
}

export interface RunIdentity {
  runId: string;
  startedAtMs: number;
}

export interface TruthSources {
  devices: number;
  simulation: Simulation;
  truth: Truth;
  incidents: IncidentLog;
  observers: Observers;
}

/**
 * What was sent and what came of it. acknowledged ≤ stored ≤ acknowledged + in_doubt + open holds for any receiver
 * that keeps its promises.
 */
export function reportTruth(
  run: RunIdentity,
  { devices, simulation, truth, incidents, observers }: TruthSources,
  nowMs: number,
): TruthReport {
  const total = totalsOf(truth);
  const load = simulation.load();
  return {
    run_id: run.runId,
    started_at: new Date(run.startedAtMs).toISOString(),
    as_of: new Date(nowMs).toISOString(),
    paused: simulation.paused,
    devices,
    devices_cut: load.cut,
    totals: {
      ...total,
      due: truth.due,
      skipped: truth.skipped,
      open: openReports(total),
      in_flight: load.inFlight,
      queued: load.queued,
      waiting: load.waiting + observers.waiting,
      copies: load.duplicates,
    },
    by_path: Object.fromEntries(PATHS.map((path) => [path, truth.paths[path]])) as Record<Path, PathTally>,
    incidents: incidents.list().map(({ serial_numbers: _many, ...incident }) => incident),
  };
}
