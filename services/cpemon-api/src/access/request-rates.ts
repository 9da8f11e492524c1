/** How often somebody may ask: so much at once, and then so much a second. */
export interface RequestRate {
  burst: number;
  perSecond: number;
}

/** A page of ours asks three times a second; a person's scripts may ask much more, and never all there is. */
export const DEFAULT_READ_RATE: RequestRate = { burst: 1000, perSecond: 200 };

/** Counts the requests of many, each by itself. */
export interface RequestRates {
  /** 0 when a request of `who` may go on, else the seconds after which it may. */
  waitSeconds(who: string, rate: RequestRate): number;
}

/** More people than ever ask at a time; beyond, those who asked last are remembered. */
const MOST_COUNTED = 10_000;

/** @param clock monotonic ms */
export function createRequestRates(clock: () => number = () => performance.now()): RequestRates {
  const left = new Map<string, { requests: number; at: number }>();
  return {
    waitSeconds(who, { burst, perSecond }) {
      const at = clock();
      const known = left.get(who);
      const grown = known === undefined ? burst : known.requests + ((at - known.at) / 1000) * perSecond;
      const requests = Math.min(burst, grown);
      // Whoever asks stands last in the map.
      left.delete(who);
      left.set(who, { requests: requests >= 1 ? requests - 1 : requests, at });
      if (left.size > MOST_COUNTED) left.delete(left.keys().next().value!);
      return requests >= 1 ? 0 : (1 - requests) / perSecond;
    },
  };
}
