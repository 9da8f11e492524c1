import type { QuarantinedIdentity } from '@cpemon/store';

/** What is remembered of a lane when not everybody is admitted. */
export interface LaneAdmission {
  /** New devices by hour and the way they came in (wayInOf). */
  newDevices: Map<number, Map<string, number>>;
  /** Lanes of the generation, once that matters. */
  lanes: number;
  /** Identities that went into quarantine in batches that are not committed yet, by serial number. */
  pending: Map<string, QuarantinedIdentity[]>;
}

export const newLaneAdmission = (): LaneAdmission => ({
  newDevices: new Map(),
  lanes: 1,
  pending: new Map(),
});
