/** What the product and the simulator say at one moment, as far as demos look. */
export interface Reading {
  /** Seconds since the demo began. */
  atSeconds: number;
  /** Events that were taken in but not applied yet. */
  lagEvents: number;
  /** Age of the oldest of them, seconds. */
  oldestSeconds: number;
  /** What the product says how long it will take, seconds; null while the backlog does not shrink. */
  etaSeconds: number | null;
  /** Events a second; null until two readings were made. */
  acceptRate: number | null;
  drainRate: number | null;
  /** Devices by status. */
  online: number;
  degraded: number;
  stale: number;
  offline: number;
  unknown: number;
  parkedDevices: number;
  /** Whether the API answered at all; else everything above is as it was last. */
  answered: boolean;
}

/** Sums of events; those of a demo are differences of two. */
export interface Books {
  accepted: number;
  applied: number;
  /** Parked, dead, discarded, skipped, quarantined: passed by and counted. */
  setAside: number;
  /** By the simulator's own count. */
  acknowledged: number;
  inDoubt: number;
}
