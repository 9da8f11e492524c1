import type { Path } from './report-ways.js';

/** What scenarios do to the way between the fleet and its target, beside what they do to devices. */
export interface World {
  /** Paths on which nothing is sent: the sender (an ACS' webhook, a gateway) is dead and does not know it. */
  readonly deadSources: Map<Path, number>;
  /** Paths on which every attempt fails at once. */
  readonly outages: Map<Path, number>;
  /** Milliseconds that a request waits before it is sent. */
  latencyMs: number;
  /** Reports come so many times as often. */
  rate: number;
  /** Milliseconds between two reports of single devices, whatever they say their interval is. */
  readonly paceMs: Map<number, number>;
  /** Share of what was acknowledged that is sent again, 0 to 1. */
  duplicateShare: number;
  /** Share of the reports that are held back for so long, and overtaken by newer ones. */
  lateShare: number;
  lateMs: number;
  /** Devices whose CWMP sessions end after the InformResponse. */
  readonly endsEarly: Set<number>;
}

export const createWorld = (): World => ({
  deadSources: new Map(),
  outages: new Map(),
  latencyMs: 0,
  rate: 1,
  paceMs: new Map(),
  duplicateShare: 0,
  lateShare: 0,
  lateMs: 0,
  endsEarly: new Set(),
});

/** Counts in and out, so that two scenarios can do the same thing at once. */
export function raise(counts: Map<Path, number>, path: Path): () => void {
  counts.set(path, (counts.get(path) ?? 0) + 1);
  return () => {
    const left = (counts.get(path) ?? 1) - 1;
    if (left === 0) counts.delete(path);
    else counts.set(path, left);
  };
}
