import { Counter, Gauge, type Registry } from '@cpemon/service-kit';

const SESSION_EVENTS = ['started', 'finished'] as const;
const COOKIE_REFUSALS = ['forged', 'expired'] as const;
const ASK_OUTCOMES = ['asked', 'answered', 'faulted'] as const;

/** Counters of sessions; what their requests come to is counted with those of every path in. */
export interface CwmpMetrics {
  /** started: an Inform was acknowledged. finished: its CPE was told that there is nothing more. */
  session(what: (typeof SESSION_EVENTS)[number]): void;
  cookieRefused(reason: (typeof COOKIE_REFUSALS)[number]): void;
  ask(outcome: (typeof ASK_OUTCOMES)[number]): void;
}

/** @param open sessions open now on connections of this process */
export function createCwmpMetrics(registry: Registry, open: () => number): CwmpMetrics {
  const registers = [registry];
  const sessions = new Counter({
    name: 'cpemon_cwmp_sessions_total',
    help: 'Sessions of CPEs; started less finished, over all replicas, were abandoned or are open',
    labelNames: ['state'],
    registers,
  });
  const cookies = new Counter({
    name: 'cpemon_cwmp_cookies_refused_total',
    help: 'Session cookies that were not ours, or too old',
    labelNames: ['reason'],
    registers,
  });
  const asks = new Counter({
    name: 'cpemon_cwmp_asks_total',
    help: 'Requests for health parameters, and what CPEs answered',
    labelNames: ['outcome'],
    registers,
  });
  for (const state of SESSION_EVENTS) sessions.inc({ state }, 0);
  for (const reason of COOKIE_REFUSALS) cookies.inc({ reason }, 0);
  for (const outcome of ASK_OUTCOMES) asks.inc({ outcome }, 0);
  new Gauge({
    name: 'cpemon_cwmp_sessions_open',
    help: 'Sessions on connections of this process that have not finished',
    registers,
    collect() {
      this.set(open());
    },
  });
  return {
    session: (state) => sessions.inc({ state }),
    cookieRefused: (reason) => cookies.inc({ reason }),
    ask: (outcome) => asks.inc({ outcome }),
  };
}
