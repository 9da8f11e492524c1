import { pause, withinTime } from '../pause.js';
import type { ServiceName } from '../stack/replica.js';
import { INTAKE, pickReplica, type FaultKind } from './fault.js';

const WRITERS: readonly ServiceName[] = ['cpemon-writer'];

const cut = (name: string, services: readonly ServiceName[]): FaultKind => ({
  name,
  holdMs: [0, 0],
  inject(site, { pick }) {
    const replica = pickReplica(site, services, pick);
    replica.proxy.cut();
    return Promise.resolve(replica.name);
  },
});

/** Half-open: nothing passes and nobody is told, on old links for good. */
const freeze = (name: string, services: readonly ServiceName[]): FaultKind => ({
  name,
  holdMs: [1000, 5000],
  async inject(site, { pick, holdMs }) {
    const replica = pickReplica(site, services, pick);
    replica.proxy.freeze();
    await pause(holdMs);
    replica.proxy.heal();
    return replica.name;
  },
});

/** The next commit takes place, and the process that sent it is not told. */
const loseAnswer = (name: string, services: readonly ServiceName[]): FaultKind => ({
  name,
  holdMs: [3000, 3000],
  async inject(site, { pick, holdMs }) {
    const replica = pickReplica(site, services, pick);
    await withinTime(replica.proxy.loseNextCommitAnswer(), holdMs, 'a commit').finally(() =>
      replica.proxy.heal(),
    );
    return replica.name;
  },
});

/** What it has sent for a while reaches nobody, and then it is gone: only what was committed may have been acknowledged. */
const killBehindDeadLink: FaultKind = {
  name: 'kill-ingest-behind-dead-link',
  holdMs: [300, 1500],
  async inject(site, { pick, holdMs }) {
    const replica = pickReplica(site, INTAKE, pick);
    replica.proxy.freeze();
    await pause(holdMs);
    replica.signal('SIGKILL');
    replica.proxy.heal();
    return replica.name;
  },
};

const slow: FaultKind = {
  name: 'slow-link',
  holdMs: [1500, 4000],
  async inject(site, { pick, holdMs }) {
    const replica = pickReplica(site, [...INTAKE, ...WRITERS], pick);
    replica.proxy.delayAnswers(200);
    await pause(holdMs);
    replica.proxy.delayAnswers(0);
    return replica.name;
  },
};

export const LINK_FAULTS: readonly FaultKind[] = [
  cut('cut-writer-link', WRITERS),
  cut('cut-ingest-link', INTAKE),
  freeze('half-open-writer-link', WRITERS),
  freeze('half-open-ingest-link', INTAKE),
  loseAnswer('lose-writer-commit-answer', WRITERS),
  loseAnswer('lose-ingest-commit-answer', INTAKE),
  killBehindDeadLink,
  slow,
];
