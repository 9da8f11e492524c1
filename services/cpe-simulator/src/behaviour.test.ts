import { createBehaviour, type Behaviour } from './behaviour.js';
import { USUAL_PLAN } from './fleet-plan.js';
import { createFleet, type Fleet } from './fleet.js';
import { eventCodes } from './inform-events.js';
import { BUILT_IN_MODELS } from './models/built-in-models.js';
import { createRandom } from './seeded-random.js';
import type { Shipment } from './shipment.js';
import { createSimulation } from './simulation.js';
import { createTruth } from './truth.js';
import type { Outcome } from './outcome.js';

const START = Date.parse('2026-11-21T12:00:00Z');

interface World {
  fleet: Fleet;
  behaviour: Behaviour;
  heard: { events: string[]; atMs: number; retryCount: number }[];
  pass(seconds: number): Promise<void>;
}

function createWorld(
  answer: (shipment: Shipment) => Outcome = () => ({ kind: 'accepted', rejected: [] }),
): World {
  let nowMs = START;
  const now = (): number => nowMs;
  const fleet = createFleet({
    ...{ devices: 1, intervalSeconds: 3600, intervalSpread: 0, seed: 1, serialPrefix: 'SIM-' },
    mix: [{ way: 'cwmp', weight: 1 }],
    plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
  });
  const heard: World['heard'] = [];
  const simulation = createSimulation({
    ...{ fleet, now, truth: createTruth(1, now), batchSize: 1, batchLingerMs: 0, maxConnections: 10 },
    retry: { minimumWaitMs: 5000, multiplier: 2000 },
    random: createRandom(1),
    send(shipment) {
      const [report] = shipment.reports;
      heard.push({ events: eventCodes(report!.events), atMs: nowMs, retryCount: shipment.retryCount });
      return Promise.resolve(answer(shipment));
    },
  });
  return {
    ...{ fleet, heard, behaviour: createBehaviour(fleet, simulation, createRandom(2)) },
    async pass(seconds) {
      for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
        nowMs += 100;
        simulation.tick();
        await new Promise(setImmediate);
      }
    },
  };
}

describe('a device', () => {
  it('that is told to download reports the transfer and its boot later', async () => {
    const { behaviour, heard, fleet, pass } = createWorld();
    behaviour.download(0, 'key-1');
    await pass(100);
    expect(heard).toHaveLength(1);
    expect(heard[0]!.events).toEqual(['1 BOOT', '7 TRANSFER COMPLETE', 'M Download']);
    expect(heard[0]!.atMs - START).toBeGreaterThanOrEqual(20_000);
    expect(behaviour.notesOf(0)).toMatchObject({
      commandKeys: { 'M Download': 'key-1' },
      transfers: [{ commandKey: 'key-1', faultCode: 0 }],
    });
    expect(fleet.bootMs[0]).toBeGreaterThan(START);
  });

  it('that is reset, rebooted, asked to inform or reconnected says so', async () => {
    const { behaviour, heard, fleet, pass } = createWorld();
    const address = fleet.wanAddressOf(0);
    behaviour.factoryReset(0);
    await pass(100);
    behaviour.reboot(0, 'key-2');
    await pass(100);
    behaviour.scheduleInform(0, 5, 'key-3');
    await pass(10);
    behaviour.reconnect(0, 1000);
    await pass(5);
    expect(heard.map(({ events }) => events)).toEqual([
      ['0 BOOTSTRAP', '1 BOOT'],
      ['1 BOOT', 'M Reboot'],
      ['3 SCHEDULED', 'M ScheduleInform'],
      ['4 VALUE CHANGE'],
    ]);
    expect(fleet.wanAddressOf(0)).not.toBe(address);
  });

  it('that waits for a retry tries at once when something new happens, with both events and its RetryCount', async () => {
    const { behaviour, heard, pass } = createWorld(({ attempts }) =>
      attempts < 3 ? { kind: 'refused', status: 503, retryAfterMs: 0 } : { kind: 'accepted', rejected: [] },
    );
    behaviour.boot(0, 0);
    await pass(1);
    behaviour.reconnect(0, 0);
    await pass(1);
    expect(heard).toHaveLength(2);
    expect(heard[1]).toMatchObject({ events: ['1 BOOT', '4 VALUE CHANGE'], retryCount: 1 });
    await pass(30);
    expect(heard[2]).toMatchObject({ events: ['1 BOOT', '4 VALUE CHANGE'], retryCount: 2 });
    expect(heard).toHaveLength(3);
  });

  it('that is given another interval reports by it', async () => {
    const { behaviour, heard, pass } = createWorld();
    behaviour.setInterval(0, 10);
    await pass(60);
    expect(heard.length).toBeGreaterThanOrEqual(5);
  });
});
