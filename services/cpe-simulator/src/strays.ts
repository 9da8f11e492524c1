import { randomFillSync } from 'node:crypto';
import type { HttpRequest, HttpTarget } from './http-target.js';
import { unitOf } from './seeded-random.js';

/** Senders that are no CPE of the fleet. */
export const STRAY_KINDS = ['garbage', 'oversized', 'strangers'] as const;
export type StrayKind = (typeof STRAY_KINDS)[number];

export interface Strays {
  /** @returns what stops it */
  start(kind: StrayKind, perSecond: number): () => void;
  /** Requests by kind and answer. */
  readonly counts: Readonly<Record<StrayKind, Record<string, number>>>;
}

export interface StrayTargets {
  api: HttpTarget;
  acs: HttpTarget;
  /** Headers with which the API takes heartbeats. */
  apiHeaders: Record<string, string>;
  seed: number;
}

const EVERY_MS = 100;
/** More than any route takes for one event. */
const OVERSIZED_BYTES = 3 * 1024 * 1024;
const GARBAGE_BYTES = 300;
/** Requests of a kind in flight at once; beyond, the sender waits as a real one would. */
const MOST_IN_FLIGHT = 64;

/** @param later does something in the simulation's time */
export function createStrays(
  { api, acs, apiHeaders, seed }: StrayTargets,
  later: (afterMs: number, what: () => void) => void,
): Strays {
  const counts: Record<StrayKind, Record<string, number>> = { garbage: {}, oversized: {}, strangers: {} };
  let made = 0;
  let inFlight = 0;
  let oversized: Buffer | undefined;

  const heartbeat = (body: string | Buffer): [HttpTarget, HttpRequest] => [
    api,
    { path: `${api.prefix}/cpe/heartbeat`, body, headers: apiHeaders },
  ];
  const make: Record<StrayKind, () => [HttpTarget, HttpRequest]> = {
    garbage() {
      const body = randomFillSync(Buffer.alloc(GARBAGE_BYTES));
      if (made % 2 === 0) return heartbeat(body);
      const headers = { 'content-type': 'text/xml' };
      return [acs, { path: `${acs.prefix}/acs/webhook`, body, headers }];
    },
    oversized: () => heartbeat((oversized ??= Buffer.alloc(OVERSIZED_BYTES, ' '))),
    strangers() {
      const serial = Math.floor(unitOf(seed, made, 1) * 1e12);
      return heartbeat(`{"sn":"STRANGER-${serial}","ts":"${new Date().toISOString()}","uptime_seconds":1}`);
    },
  };
  const send = async (kind: StrayKind): Promise<void> => {
    made += 1;
    inFlight += 1;
    const [target, request] = make[kind]();
    const answer = await target.exchange(request);
    inFlight -= 1;
    const outcome = answer.kind === 'answered' ? String(answer.status) : answer.reason;
    counts[kind][outcome] = (counts[kind][outcome] ?? 0) + 1;
  };

  return {
    counts,
    start(kind, perSecond) {
      let going = true;
      let owed = 0;
      const next = (): void => {
        if (!going) return;
        for (owed += (perSecond * EVERY_MS) / 1000; owed >= 1; owed -= 1) {
          if (inFlight < MOST_IN_FLIGHT) void send(kind);
        }
        later(EVERY_MS, next);
      };
      next();
      return () => void (going = false);
    },
  };
}
