/** Totals of the log at a moment of the database. */
export interface TotalsSample {
  /** Epoch ms. */
  at: number;
  accepted: number;
  applied: number;
}

export interface Rates {
  /** Events a second; null until there are two samples. */
  acceptRate: number | null;
  drainRate: number | null;
}

/** Remembers the totals of the last seconds and says how fast they rise. */
export interface RateSampler {
  add(sample: TotalsSample): void;
  rates(): Rates;
}

/** Long enough that a flush more or less does not show, short enough that a stop is seen at once. */
const WINDOW_MS = 5000;

export function createRateSampler(): RateSampler {
  let samples: TotalsSample[] = [];
  return {
    add(sample) {
      const last = samples.at(-1);
      // The database's clock stepped, or the log was restored: what was measured before means nothing.
      if (last !== undefined && (sample.at < last.at || sample.accepted < last.accepted)) samples = [];
      if (last?.at === sample.at) return;
      samples.push(sample);
      while (samples.length > 2 && samples[1]!.at <= sample.at - WINDOW_MS) samples.shift();
    },
    rates() {
      const first = samples[0];
      const last = samples.at(-1);
      if (first === undefined || last === undefined || last.at <= first.at) {
        return { acceptRate: null, drainRate: null };
      }
      const seconds = (last.at - first.at) / 1000;
      return {
        acceptRate: (last.accepted - first.accepted) / seconds,
        drainRate: (last.applied - first.applied) / seconds,
      };
    },
  };
}
