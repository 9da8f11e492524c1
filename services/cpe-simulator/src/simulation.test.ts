import { USUAL_PLAN } from './fleet-plan.js';
import { createFleet } from './fleet.js';
import { BUILT_IN_MODELS } from './models/built-in-models.js';
import type { Outcome } from './outcome.js';
import { createRandom } from './seeded-random.js';
import type { Shipment } from './shipment.js';
import { createSimulation, type Simulation, type SimulationSettings } from './simulation.js';
import { totalsOf } from './path-tally.js';
import { createTruth, type Truth } from './truth.js';

const ACCEPTED: Outcome = { kind: 'accepted', rejected: [] };
const NO_ANSWER: Outcome = { kind: 'unanswered', reason: 'timeout' };
const refused = (status: number, retryAfterMs = 0): Outcome => ({ kind: 'refused', status, retryAfterMs });
const START = Date.parse('2026-11-21T12:00:00.000Z');

interface Attempt {
  shipment: Shipment;
  atMs: number;
  /** The reports as they were when it was sent. */
  devices: number[];
  dueMs: number[];
  answer(outcome: Outcome): Promise<void>;
}

interface World {
  simulation: Simulation;
  truth: Truth;
  attempts: Attempt[];
  /** Lets simulated time pass in steps of 10 ms. */
  pass(seconds: number): Promise<void>;
  /** The process stands still for so long. */
  halt(seconds: number): void;
}

/** A simulation on a clock of its own; `answer` says what the target does at once, or undefined to leave it open. */
function createWorld(
  settings: Partial<SimulationSettings> & {
    devices?: number;
    intervalSeconds?: number;
    webhookShare?: number;
  },
  answer: (attempt: Attempt) => Outcome | undefined = () => ACCEPTED,
): World {
  const fleet = createFleet({
    devices: settings.devices ?? 1,
    intervalSeconds: settings.intervalSeconds ?? 60,
    intervalSpread: 0,
    mix: [
      { way: 'webhook', weight: settings.webhookShare ?? 0 },
      {
        way: (settings.batchSize ?? 1) > 1 ? 'telemetry' : 'heartbeat',
        weight: 1 - (settings.webhookShare ?? 0),
      },
    ],
    plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
    seed: 1,
    serialPrefix: 'SIM-',
  });
  const truth = createTruth(fleet.size, Date.now, fleet.identityOf);
  const attempts: Attempt[] = [];
  let nowMs = START;
  const simulation = createSimulation({
    fleet,
    truth,
    batchSize: 1,
    batchLingerMs: 200,
    maxConnections: 1000,
    retry: { minimumWaitMs: 5000, multiplier: 2000 },
    now: () => nowMs,
    random: createRandom(1),
    send: (shipment) =>
      new Promise((resolve) => {
        const attempt: Attempt = {
          shipment,
          atMs: nowMs,
          devices: shipment.reports.map(({ device }) => device),
          dueMs: shipment.reports.map(({ dueMs }) => dueMs),
          answer: async (outcome) => {
            resolve(outcome);
            await new Promise(setImmediate);
          },
        };
        attempts.push(attempt);
        const outcome = answer(attempt);
        if (outcome !== undefined) resolve(outcome);
      }),
    ...settings,
  });
  return {
    simulation,
    truth,
    attempts,
    halt: (seconds) => void (nowMs += seconds * 1000),
    pass: async (seconds) => {
      for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
        nowMs += 10;
        simulation.tick();
        await new Promise(setImmediate);
      }
    },
  };
}

describe('the schedule', () => {
  it('makes one report per device and interval, dated when the device wanted to report', async () => {
    const { attempts, pass, truth } = createWorld({ devices: 20, intervalSeconds: 2 });
    await pass(10);
    expect(attempts).toHaveLength(100);
    for (const { atMs, dueMs } of attempts) {
      expect(atMs - (dueMs[0] as number)).toBeGreaterThanOrEqual(0);
      expect(atMs - (dueMs[0] as number)).toBeLessThan(20);
    }
    expect(totalsOf(truth)).toMatchObject({ sent: 100, acknowledged: 100, retries: 0, in_doubt: 0 });
  });

  it('goes on at its own times while the target is slow', async () => {
    const { attempts, pass } = createWorld({ devices: 10, intervalSeconds: 2 }, () => undefined);
    await pass(2);
    expect(attempts).toHaveLength(10);
  });

  it('never has two reports of a device under way and counts those it skipped', async () => {
    const { attempts, pass, truth } = createWorld({ intervalSeconds: 2 }, () => undefined);
    await pass(10);
    expect(attempts).toHaveLength(1);
    expect(truth).toMatchObject({ due: 5, skipped: 4 });
    await attempts[0]?.answer(ACCEPTED);
    await pass(2);
    expect(attempts).toHaveLength(2);
  });

  it('lets reports wait in order when all connections are taken', async () => {
    const { attempts, pass, simulation } = createWorld(
      { devices: 30, intervalSeconds: 10, maxConnections: 1 },
      () => undefined,
    );
    await pass(10);
    expect(attempts).toHaveLength(1);
    expect(simulation.load()).toMatchObject({ inFlight: 1, queued: 29 });
    for (let sent = 0; sent < 30; sent++) await attempts[sent]?.answer(ACCEPTED);
    const due = attempts.map(({ dueMs }) => Math.floor((dueMs[0] as number) / 10));
    expect(due).toEqual([...due].sort((a, b) => a - b));
    expect(new Set(attempts.map(({ devices }) => devices[0])).size).toBe(30);
  });

  it('counts what fell due while the process stood still as skipped', async () => {
    const { pass, halt, truth } = createWorld({ intervalSeconds: 2 });
    await pass(2);
    halt(20);
    await pass(2);
    expect(truth.due).toBe(12);
    expect(truth.due).toBe(truth.skipped + totalsOf(truth).sent);
  });

  it('keeps a device’s reports in order of time, whatever the target does', async () => {
    const random = createRandom(3);
    const outcomes = [ACCEPTED, ACCEPTED, refused(503), NO_ANSWER, refused(400), refused(429, 3000)];
    const { attempts, pass, truth } = createWorld(
      { devices: 5, intervalSeconds: 30, webhookShare: 0.4 },
      () => outcomes[Math.floor(random() * outcomes.length)],
    );
    await pass(900);
    const lastDue = new Map<number, number>();
    for (const { devices, dueMs } of attempts) {
      expect(dueMs[0]).toBeGreaterThanOrEqual(lastDue.get(devices[0] as number) ?? 0);
      lastDue.set(devices[0] as number, dueMs[0] as number);
    }
    const total = totalsOf(truth);
    expect(attempts).toHaveLength(total.attempts);
    expect(total.attempts).toBe(total.sent + total.retries);
    expect(total.sent).toBeGreaterThanOrEqual(total.acknowledged + total.rejected + total.in_doubt);
    expect(truth.due).toBe(total.sent + truth.skipped);
  });
});

describe('a refused report', () => {
  it('is retried by the TR-069 table with the same report until it is taken', async () => {
    const { attempts, pass, truth } = createWorld({ intervalSeconds: 1000 }, ({ shipment }) =>
      shipment.attempts <= 4 ? refused(503) : ACCEPTED,
    );
    await passUntil(attempts, pass, 5);
    const waits = attempts.slice(1).map(({ atMs }, index) => (atMs - (attempts[index]?.atMs ?? 0)) / 1000);
    waits.forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual(5 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(10 * 2 ** index + 0.1);
    });
    expect(new Set(attempts.map(({ dueMs }) => dueMs[0])).size).toBe(1);
    expect(totalsOf(truth)).toMatchObject({
      sent: 1,
      acknowledged: 1,
      attempts: 5,
      retries: 4,
      in_doubt: 0,
      refused_by_status: { '503': 4 },
    });
  });

  it('waits at least as long as Retry-After says, even for a new event', async () => {
    const { attempts, pass } = createWorld({ intervalSeconds: 10 }, ({ shipment }) =>
      shipment.attempts === 1 ? refused(503, 37_000) : ACCEPTED,
    );
    await passUntil(attempts, pass, 2);
    const waited = (attempts[1]?.atMs ?? 0) - (attempts[0]?.atMs ?? 0);
    expect(waited).toBeGreaterThanOrEqual(37_000);
    expect(waited).toBeLessThan(38_000);
  });

  it('is tried again at once when the device has a new event', async () => {
    const { attempts, pass, truth } = createWorld({ intervalSeconds: 30 }, ({ shipment }) =>
      shipment.attempts <= 5 ? refused(503) : ACCEPTED,
    );
    await passUntil(attempts, pass, 6);
    // Retries 1 and 2 come by the table (5–10 s, 10–20 s); later waits are longer than what is left of the interval.
    const onTheGrid = attempts.filter(({ atMs }) => (atMs - (attempts[0]?.dueMs[0] ?? 0)) % 30_000 < 20);
    expect(onTheGrid.length).toBeGreaterThanOrEqual(3);
    expect(truth.skipped).toBeGreaterThanOrEqual(2);
  });

  it.each([400, 401, 403, 404, 409, 413, 415, 422, 301])('is not retried after %d', async (status) => {
    const { attempts, pass, truth } = createWorld({ intervalSeconds: 30 }, () => refused(status));
    await pass(60);
    expect(attempts).toHaveLength(2);
    expect(attempts[0]?.dueMs).not.toEqual(attempts[1]?.dueMs);
    expect(totalsOf(truth)).toMatchObject({ rejected: 2, retries: 0, refused_by_status: { [status]: 2 } });
  });

  it.each([408, 429, 500, 502, 503, 504])('is retried after %d', async (status) => {
    const { attempts, pass } = createWorld({ intervalSeconds: 1000 }, ({ shipment }) =>
      shipment.attempts === 1 ? refused(status) : ACCEPTED,
    );
    await passUntil(attempts, pass, 2);
    expect(attempts[1]?.shipment).toBe(attempts[0]?.shipment);
  });
});

describe('a report without an answer', () => {
  it('is in doubt until a retry is acknowledged', async () => {
    const { attempts, pass, truth } = createWorld({ intervalSeconds: 1000 }, ({ shipment }) =>
      shipment.attempts === 1 ? NO_ANSWER : ACCEPTED,
    );
    await passUntil(attempts, pass, 1);
    expect(totalsOf(truth)).toMatchObject({ in_doubt: 1, acknowledged: 0 });
    expect(truth.ofDevice(0)).toMatchObject({ sent: 1, acknowledged: 0, in_doubt: 1 });
    await passUntil(attempts, pass, 2);
    expect(totalsOf(truth)).toMatchObject({ in_doubt: 0, acknowledged: 1 });
    expect(truth.ofDevice(0)).toMatchObject({ sent: 1, acknowledged: 1, in_doubt: 0 });
  });

  it('stays in doubt when a retry is refused for good, and is not in doubt when nothing was sent', async () => {
    const outcomes = [NO_ANSWER, refused(400)];
    const doubtful = createWorld(
      { intervalSeconds: 1000 },
      ({ shipment }) => outcomes[shipment.attempts - 1],
    );
    await passUntil(doubtful.attempts, doubtful.pass, 2);
    expect(totalsOf(doubtful.truth)).toMatchObject({ in_doubt: 1, rejected: 0 });
    const down = createWorld({ intervalSeconds: 1000 }, () => ({
      kind: 'unanswered',
      reason: 'connection_refused',
    }));
    await passUntil(down.attempts, down.pass, 2);
    expect(totalsOf(down.truth)).toMatchObject({ in_doubt: 0, sent: 1, retries: 1 });
  });
});

describe('a gateway', () => {
  it('sends what fell due together, up to its batch size, and retries a batch whole and unchanged', async () => {
    const { attempts, pass, truth } = createWorld(
      { devices: 100, intervalSeconds: 20, batchSize: 8, batchLingerMs: 1000 },
      ({ shipment }) => (shipment.attempts === 1 ? refused(503) : ACCEPTED),
    );
    await pass(19.9);
    const sizes = attempts.map(({ devices }) => devices.length);
    expect(Math.max(...sizes)).toBe(8);
    await pass(15);
    const retried = attempts.filter(({ shipment }) => shipment.attempts === 2);
    const [first, second] = attempts.filter(({ shipment }) => shipment === retried[0]?.shipment);
    expect(second?.devices).toEqual(first?.devices);
    expect(second?.dueMs).toEqual(first?.dueMs);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(5000);
    expect(totalsOf(truth).acknowledged).toBeGreaterThan(100);
  });

  it('keeps to the table when one of its devices has a new event', async () => {
    const { attempts, pass, truth } = createWorld({ intervalSeconds: 1, batchSize: 10 }, () => refused(503));
    await passUntil(attempts, pass, 2);
    expect((attempts[1]?.atMs ?? 0) - (attempts[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(5000);
    expect(truth.skipped).toBeGreaterThanOrEqual(5);
  });

  it('counts events that were refused inside an accepted batch by reason', async () => {
    const { pass, truth } = createWorld(
      { devices: 10, intervalSeconds: 10, batchSize: 10, batchLingerMs: 20_000 },
      () => ({
        kind: 'accepted',
        rejected: [{ index: 3, reason: 'missing_sn' }],
      }),
    );
    await pass(10);
    expect(totalsOf(truth)).toMatchObject({
      sent: 10,
      acknowledged: 9,
      rejected: 1,
      rejected_by_reason: { missing_sn: 1 },
    });
  });
});

describe('the controls', () => {
  it('pause new reports but bring those under way to their end', async () => {
    const { attempts, pass, truth, simulation } = createWorld(
      { devices: 3, intervalSeconds: 10 },
      ({ shipment }) => (shipment.attempts === 1 ? refused(503) : ACCEPTED),
    );
    await pass(10);
    simulation.pause();
    await pass(60);
    expect(totalsOf(truth)).toMatchObject({ sent: 3, acknowledged: 3 });
    const made = attempts.length;
    simulation.resume();
    await pass(10);
    expect(attempts.length).toBeGreaterThanOrEqual(made + 3);
    expect(truth.due).toBeLessThanOrEqual(8);
  });

  it('cut a device off the net and bring it back in its own rhythm', async () => {
    const { attempts, pass, simulation } = createWorld({ devices: 2, intervalSeconds: 10 });
    await pass(10);
    expect(simulation.cut([0, 0])).toBe(1);
    expect(simulation.load().cut).toBe(1);
    await pass(30);
    const dueOf = (device: number): number[] =>
      attempts.filter(({ devices }) => devices[0] === device).map(({ dueMs }) => dueMs[0] as number);
    expect(dueOf(0)).toHaveLength(1);
    expect(dueOf(1)).toHaveLength(4);
    expect(simulation.restore([0, 1])).toBe(1);
    await pass(10);
    expect(dueOf(0)).toHaveLength(2);
    expect(((dueOf(0)[1] as number) - (dueOf(0)[0] as number)) % 10_000).toBe(0);
  });

  it('give up the waiting retry of a device that is cut off', async () => {
    const { attempts, pass, truth, simulation } = createWorld({ intervalSeconds: 1000 }, () => refused(503));
    await passUntil(attempts, pass, 1);
    simulation.cut([0]);
    await pass(60);
    expect(attempts).toHaveLength(1);
    expect(totalsOf(truth)).toMatchObject({ sent: 1, abandoned: 1, in_doubt: 0 });
    expect(simulation.load()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  it('give up a report in flight that is refused after its device was cut off', async () => {
    const { attempts, pass, truth, simulation } = createWorld({ intervalSeconds: 1000 }, () => undefined);
    await passUntil(attempts, pass, 1);
    simulation.cut([0]);
    await attempts[0]?.answer(refused(503));
    expect(simulation.load()).toMatchObject({ waiting: 0, inFlight: 0 });
    expect(totalsOf(truth)).toMatchObject({ abandoned: 1 });
  });

  it('stop everything', async () => {
    const { attempts, pass, simulation } = createWorld({ devices: 5, intervalSeconds: 2 }, () =>
      refused(503),
    );
    await pass(3);
    const made = attempts.length;
    simulation.stop();
    await pass(60);
    expect(attempts).toHaveLength(made);
  });
});

async function passUntil(attempts: Attempt[], pass: World['pass'], count: number): Promise<void> {
  for (let waited = 0; attempts.length < count && waited < 3000; waited += 1) await pass(1);
  expect(attempts.length).toBeGreaterThanOrEqual(count);
}
