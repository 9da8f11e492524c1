import { DEMOS } from './demos.js';
import type { Place } from './place.js';
import { runDemo, type DemoResult } from './run-demo.js';

const RATE = 100;
const DRAIN = 400;

interface Faults {
  /** Acknowledged events that never reach the log. */
  lost?: number;
  /** Devices that turn offline while the writer is away. */
  offline?: number;
  /** No backlog grows: the writer is not stopped at all. */
  goesOn?: boolean;
}

/** A product in simulated time: every look is a second in which its fleet sends and its writers apply. */
function simulatedPlace({ lost = 0, offline = 0, goesOn = false }: Faults = {}) {
  const state = { accepted: 1000, applied: 1000, writers: 2, paused: false, away: 0 };
  const calls: string[] = [];
  const pause = (): Promise<void> => {
    if (!state.paused) state.accepted += RATE;
    if (state.writers > 0 || goesOn) state.applied = Math.min(state.accepted, state.applied + DRAIN);
    state.away = state.writers === 0 ? offline : 0;
    return Promise.resolve();
  };
  const place: Place = {
    ...{ page: 'nowhere', writers: 2 },
    read: () => {
      const lagEvents = state.accepted - state.applied;
      return Promise.resolve({
        ...{ lagEvents, oldestSeconds: lagEvents / RATE, etaSeconds: lagEvents / (DRAIN - RATE) },
        ...{ acceptRate: RATE, drainRate: DRAIN, parkedDevices: 0 },
        ...{ online: 50 - state.away, degraded: 0, stale: 0, offline: state.away, unknown: 0 },
      });
    },
    books: () =>
      Promise.resolve({
        ...{ accepted: state.accepted, applied: state.applied, setAside: 0 },
        ...{ acknowledged: state.accepted + (calls.length > 0 ? lost : 0), inDoubt: 0 },
      }),
    scaleWriters: (replicas) => {
      calls.push(`writers ${replicas}`);
      state.writers = replicas;
      return Promise.resolve();
    },
    startScenario: () => Promise.resolve(),
    stopScenario: () => Promise.resolve(),
    pause: (paused) => {
      calls.push(paused ? 'pause' : 'go on');
      state.paused = paused;
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  return { place, calls, pause };
}

/** @param givenUpAt second in which somebody gives it up */
function play(faults: Faults = {}, { patienceSeconds = 60, givenUpAt = Infinity } = {}) {
  const abort = new AbortController();
  const { signal } = abort;
  const { place, calls, pause } = simulatedPlace(faults);
  let seconds = 0;
  const demo = DEMOS.find(({ name }) => name === 'backlog')!;
  const result: Promise<DemoResult> = runDemo({
    ...{ demo, place, calmSeconds: 10, troubleSeconds: 30, patienceSeconds, signal },
    ...{ say: () => undefined, seen: () => undefined, clock: () => seconds * 1000 },
    pause: async () => {
      seconds += 1;
      if (seconds >= givenUpAt) abort.abort(new Error('enough'));
      signal.throwIfAborted();
      await pause();
    },
  });
  return { result, calls };
}

const failed = ({ checks }: DemoResult): string[] =>
  checks.filter(({ holds }) => !holds).map(({ says }) => says);

test('a backlog that grows and drains with nothing lost is as it should be', async () => {
  const { result, calls } = play();
  expect(failed(await result)).toEqual([]);
  expect(calls).toEqual(['writers 0', 'writers 2', 'pause', 'go on']);
  const { during, after } = (await result).story;
  expect(during.at(-1)?.lagEvents).toBe(3000);
  expect(after.findIndex(({ oldestSeconds }) => oldestSeconds < 2)).toBe(9);
});

test('events that were acknowledged and are not in the log are noticed', async () => {
  const result = await play({ lost: 1 }).result;
  expect(failed(result)).toEqual([expect.stringContaining('the log took no fewer')]);
  expect(result.agree).toBe(false);
});

test('a writer that did not stop, and a device that turned offline meanwhile, are noticed', async () => {
  expect(failed(await play({ goesOn: true }).result)).toContain('a backlog grew for as long as it lasted');
  expect(failed(await play({ offline: 1 }).result)).toEqual(['no device turned offline']);
});

test('a demo that is given up puts back what it changed', async () => {
  const { result, calls } = play({}, { givenUpAt: 20 });
  await expect(result).rejects.toThrow('enough');
  expect(calls).toEqual(['writers 0', 'writers 2']);
});

test('a backlog that does not drain in time is told, not waited for without end', async () => {
  expect(failed(await play({}, { patienceSeconds: 3 }).result)).toContain('all was well again in time');
});
