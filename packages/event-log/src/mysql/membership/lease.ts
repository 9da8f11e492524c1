import { pause } from '../connection/retry-delay.js';

/** A lease kept by renewing it, judged by this process's monotonic clock. */
export interface Lease {
  /** True while the lease certainly runs and there is time left to finish what is begun. */
  held(): boolean;
  stop(): Promise<void>;
}

export interface LeaseOptions {
  leaseMs: number;
  renewEveryMs: number;
  /** The lease counts as over this long before its end. */
  marginMs: number;
  /** Renews on the database's clock; must not take longer than the lease. */
  renew: () => Promise<void>;
  onFailure: (error: unknown) => void;
  /** Monotonic milliseconds. */
  now?: () => number;
}

export function startLease(options: LeaseOptions): Lease {
  const now = options.now ?? (() => performance.now());
  const stopping = new AbortController();
  let goodUntil = -Infinity;

  const keepRenewing = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // The lease began at the earliest when the statement was sent.
      const sentAt = now();
      try {
        await options.renew();
        goodUntil = sentAt + options.leaseMs - options.marginMs;
      } catch (error) {
        options.onFailure(error);
      }
      await pause(options.renewEveryMs, stopping.signal);
    }
  };
  const renewing = keepRenewing();

  return {
    held: () => !stopping.signal.aborted && now() < goodUntil,
    async stop() {
      stopping.abort();
      await renewing;
    },
  };
}
