import { pause } from '../pause.js';
import { LEASE_MS } from '../stack/chaos-stack.js';
import type { ServiceName } from '../stack/replica.js';
import { INTAKE, pickReplica, type FaultKind } from './fault.js';

/** Longer than a lease: whoever is stopped has lost its lanes when it goes on. */
const BEYOND_LEASE: readonly [number, number] = [LEASE_MS + 1200, LEASE_MS + 3000];
const STOP_GRACE_MS = 8000;

const kill = (name: string, services: readonly ServiceName[]): FaultKind => ({
  name,
  holdMs: [0, 0],
  inject(site, { pick }) {
    const replica = pickReplica(site, services, pick);
    replica.signal('SIGKILL');
    return Promise.resolve(replica.name);
  },
});

const stop = (name: string, services: readonly ServiceName[]): FaultKind => ({
  name,
  holdMs: BEYOND_LEASE,
  async inject(site, { pick, holdMs }) {
    const replica = pickReplica(site, services, pick);
    const pid = replica.pid();
    replica.signal('SIGSTOP');
    await pause(holdMs);
    // Another process may stand there by now; that was not stopped.
    if (pid === replica.pid()) replica.signal('SIGCONT');
    return replica.name;
  },
});

const restart = (name: string, services: readonly ServiceName[]): FaultKind => ({
  name,
  holdMs: [0, 1500],
  async inject(site, { pick, holdMs }) {
    const replica = pickReplica(site, services, pick);
    await replica.stop(STOP_GRACE_MS);
    await pause(holdMs);
    replica.start();
    return replica.name;
  },
});

/** Another number of places, in any order; it stays so until the next such fault. */
const scale = (name: string, service: ServiceName, fewest: number): FaultKind => ({
  name,
  holdMs: [0, 0],
  async inject(site, { pick }) {
    const places = site.stack.of(service);
    const running = places.filter((place) => place.wanted()).length;
    const choices = [...places.keys()]
      .map((n) => n + fewest)
      .filter((n) => n !== running && n <= places.length);
    const wanted = choices[Math.min(choices.length - 1, Math.floor(pick * choices.length))] ?? running;
    for (const place of places.filter((one) => !one.wanted()).slice(0, Math.max(0, wanted - running)))
      place.start();
    const surplus = places.filter((one) => one.wanted()).slice(wanted);
    await Promise.all(surplus.map((place) => place.stop(STOP_GRACE_MS)));
    return `${service}: ${running} to ${wanted}`;
  },
});

/** All places of a service away for a while: the backlog grows, or nobody takes a path. */
const away = (name: string, service: ServiceName, holdMs: readonly [number, number]): FaultKind => ({
  name,
  holdMs,
  async inject(site, plan) {
    const running = site.stack.of(service).filter((place) => place.wanted());
    await Promise.all(running.map((place) => place.stop(STOP_GRACE_MS)));
    await pause(plan.holdMs);
    for (const place of running) place.start();
    return `all of ${service}`;
  },
});

export const PROCESS_FAULTS: readonly FaultKind[] = [
  kill('kill-writer', ['cpemon-writer']),
  kill('kill-ingest', ['acs-ingest']),
  kill('kill-api', ['cpemon-api']),
  stop('stop-writer', ['cpemon-writer']),
  stop('stop-ingest', INTAKE),
  restart('restart-writer', ['cpemon-writer']),
  restart('restart-ingest', INTAKE),
  scale('scale-writers', 'cpemon-writer', 1),
  scale('scale-ingests', 'acs-ingest', 1),
  away('writers-away', 'cpemon-writer', [2000, 6000]),
];
