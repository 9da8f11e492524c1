import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBehaviour } from '../behaviour.js';
import { USUAL_PLAN } from '../fleet-plan.js';
import { createFleet, type Fleet } from '../fleet.js';
import { BUILT_IN_MODELS } from '../models/built-in-models.js';
import type { Outcome } from '../outcome.js';
import { parseMix } from '../report-ways.js';
import { createRandom } from '../seeded-random.js';
import type { Shipment } from '../shipment.js';
import { createSimulation, type Simulation } from '../simulation.js';
import { createTruth, totalsOf, type Truth } from '../truth.js';
import { BUILT_IN_SCENARIOS, findScenario } from './built-in-scenarios.js';
import { createScenarioPlayer, type ScenarioPlayer } from './scenario-player.js';
import { readScenario, type Scenario } from './scenario-file.js';
import { select } from './selection.js';

const START = Date.parse('2026-11-21T12:00:00.000Z');

interface Stage {
  fleet: Fleet;
  simulation: Simulation;
  truth: Truth;
  player: ScenarioPlayer;
  heard: { device: number; atMs: number; shipment: Shipment }[];
  strayKinds: string[];
  pass(seconds: number): Promise<void>;
}

function createStage(devices = 1024, mix = 'heartbeat=1', intervalSeconds = 10): Stage {
  let nowMs = START;
  const now = (): number => nowMs;
  const fleet = createFleet({
    ...{ devices, intervalSeconds, intervalSpread: 0, seed: 1, serialPrefix: 'SIM-' },
    mix: parseMix(mix),
    plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
  });
  const truth = createTruth(fleet.size, now);
  const heard: Stage['heard'] = [];
  const strayKinds: string[] = [];
  const accepted: Outcome = { kind: 'accepted', rejected: [] };
  const simulation = createSimulation({
    ...{ fleet, truth, now, batchSize: 50, batchLingerMs: 200, maxConnections: 1e6 },
    retry: { minimumWaitMs: 5000, multiplier: 2000 },
    random: createRandom(1),
    requestOf: ({ reports }) => ({ path: '/', headers: {}, body: JSON.stringify(reports) }),
    send(shipment) {
      for (const { device } of shipment.reports) heard.push({ device, atMs: nowMs, shipment });
      return Promise.resolve(accepted);
    },
  });
  const behaviour = createBehaviour(fleet, simulation, createRandom(2));
  const strays = {
    counts: { garbage: {}, oversized: {}, strangers: {} },
    start: (kind: string) => {
      strayKinds.push(kind);
      return () => undefined;
    },
  };
  const player = createScenarioPlayer({ fleet, simulation, behaviour, strays, random: createRandom(3) });
  return {
    ...{ fleet, simulation, truth, player, heard, strayKinds },
    async pass(seconds) {
      for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
        nowMs += 50;
        simulation.tick();
        await new Promise(setImmediate);
      }
    },
  };
}

describe('the built-in scenarios', () => {
  it('say what they are and what an operator should see', () => {
    expect(BUILT_IN_SCENARIOS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(BUILT_IN_SCENARIOS.map(({ name }) => name)).size).toBe(BUILT_IN_SCENARIOS.length);
    for (const { summary, expect: effect } of BUILT_IN_SCENARIOS) {
      expect(summary.length).toBeGreaterThan(10);
      expect(effect.length).toBeGreaterThan(10);
    }
  });

  it.each(BUILT_IN_SCENARIOS.map(({ name }) => name))(
    '%s begins, ends and leaves the books right',
    async (name) => {
      const stage = createStage(512, 'heartbeat=40,telemetry=20,webhook=20,cwmp=10,bulk=10', 5);
      await stage.pass(2);
      const running = stage.player.start(findScenario(name));
      await stage.pass(20);
      expect(running.steps.some(({ state }) => state !== 'waiting')).toBe(true);
      expect(stage.player.stop(name)).toBe(true);
      await stage.pass(2);
      expect(stage.player.running()).toEqual([]);
      const totals = totalsOf(stage.truth);
      expect(totals.sent).toBeGreaterThanOrEqual(totals.acknowledged);
      expect(totals.rejected).toBe(0);
      expect(stage.simulation.world.rate).toBe(1);
      expect(stage.simulation.world.outages.size).toBe(0);
    },
  );

  it('a street power cut silences one site but for its batteries, and all but a few come back with a boot', async () => {
    const stage = createStage();
    stage.player.start(findScenario('street-power-cut'));
    await stage.pass(60);
    const dark = [...stage.fleet.silence.keys()].filter((device) => stage.fleet.silence[device] !== 0);
    expect(new Set(dark.map((device) => stage.fleet.placeOf(device).site)).size).toBe(1);
    expect(dark.length).toBeGreaterThan(230);
    expect(dark.length).toBeLessThan(256);
    await stage.pass(60 + 320);
    const left = dark.filter((device) => stage.fleet.silence[device] !== 0);
    expect(left.length).toBeLessThan(20);
    for (const device of dark.filter((one) => !left.includes(one))) {
      const { access } = stage.fleet.modelOf(device);
      const afterS = (stage.fleet.bootMs[device]! - START) / 1000 - 120;
      if (access === 'fibre') expect(afterS >= 60 && afterS <= 181).toBe(true);
      if (access === 'dsl') expect(afterS >= 120 && afterS <= 301).toBe(true);
    }
  });

  it('an outage with a thundering return brings all waiting retries at once; the table spreads them', async () => {
    const stage = createStage(500, 'heartbeat=1', 600);
    const outage = readScenario({
      name: 'o',
      steps: [{ at: 0, until: 600, action: 'outage', paths: ['heartbeat'], allReturnAtOnce: true }],
    });
    stage.player.start(outage);
    await stage.pass(599);
    expect(stage.heard).toHaveLength(0);
    await stage.pass(3);
    expect(stage.heard.length).toBeGreaterThan(400);
    const rows = stage.simulation.retries();
    for (const {
      retries,
      table_seconds: [from, to],
      least_seconds: least,
      most_seconds: most,
    } of rows) {
      if (retries === 0) continue;
      expect(least).toBeGreaterThanOrEqual(from);
      expect(most).toBeLessThanOrEqual(to + 0.1);
    }
    expect(rows[0]!.retries).toBeGreaterThan(400);
    expect(rows.reduce((sum, row) => sum + row.by_event, 0)).toBeGreaterThan(400);
  });

  it('late delivery lets newer reports overtake older ones, each with the bytes it had', async () => {
    const stage = createStage(50, 'heartbeat=1', 5);
    stage.player.start(findScenario('late-delivery'));
    await stage.pass(60);
    const byDevice = new Map<number, number[]>();
    for (const { device, shipment } of stage.heard) {
      byDevice.set(device, [...(byDevice.get(device) ?? []), shipment.reports[0]!.dueMs]);
    }
    const overtaken = [...byDevice.values()].filter((dues) =>
      dues.some((due, at) => due < (dues[at - 1] ?? 0)),
    );
    expect(overtaken.length).toBeGreaterThan(20);
    expect(stage.heard.filter(({ shipment }) => shipment.frozen !== undefined).length).toBeGreaterThan(20);
  });

  it('a swap makes as many new devices on the old lines', async () => {
    const stage = createStage(100);
    stage.player.start(findScenario('cpe-swap'));
    await stage.pass(15);
    expect(stage.fleet.size).toBe(105);
    expect(stage.fleet.placeOf(100).serviceId).toBe(stage.fleet.placeOf(0).serviceId);
    const heard = new Set(stage.heard.filter(({ atMs }) => atMs > START + 1000).map(({ device }) => device));
    expect(heard.has(100)).toBe(true);
    expect(heard.has(0)).toBe(false);
  });

  it('a herd reports at one moment, and as before when it is over', async () => {
    const stage = createStage(200, 'heartbeat=1', 20);
    stage.player.start(findScenario('quarter-hour-herd'));
    await stage.pass(40);
    const seconds = new Set(stage.heard.map(({ atMs }) => Math.floor((atMs - START) / 1000)));
    expect(stage.heard).toHaveLength(400);
    expect(seconds.size).toBe(2);
    stage.player.stop('quarter-hour-herd');
    await stage.pass(40);
    expect(stage.heard).toHaveLength(800);
  });

  it('a chatty device and a rate change what is sent, not what devices say their interval is', async () => {
    const stage = createStage(100, 'heartbeat=1', 20);
    stage.player.start(findScenario('chatty-device'));
    await stage.pass(20);
    expect(stage.heard.filter(({ device }) => device === 0).length).toBeGreaterThanOrEqual(18);
    expect(stage.fleet.intervalMs[0]).toBe(20_000);
    stage.player.start(findScenario('spike'));
    const before = stage.heard.length;
    await stage.pass(20);
    expect(stage.heard.length - before).toBeGreaterThan(800);
  });
});

describe('a selection', () => {
  it('is the same for the same numbers', () => {
    const { fleet } = createStage(2000);
    const chosen = select(fleet, { group: 'olt' }, createRandom(5));
    expect(chosen).toEqual(select(fleet, { group: 'olt' }, createRandom(5)));
    expect(new Set(chosen.map((device) => fleet.placeOf(device).olt)).size).toBe(1);
    expect(chosen.every((device) => fleet.modelOf(device).access === 'fibre')).toBe(true);
  });
});

describe('a scenario file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-scenario-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const inFile = (text: string): (() => Scenario) => {
    const file = join(folder, 'own.json');
    writeFileSync(file, text);
    return () => findScenario(file);
  };

  it('is read with the usual parameters where it says nothing', () => {
    const scenario = inFile('{"name": "own", "steps": [{"action": "latency", "until": 5}]}')();
    expect(scenario.steps[0]).toMatchObject({ at: 0, until: 5, parameters: { ms: 800 } });
  });

  it.each([
    ['{"name": "own",\n "steps": [}', /own\.json, line 2: /],
    ['{"name": "own", "steps": [{"action": "lose-powr"}]}', /the nearest is 'lose-power'/],
    [
      '{"name": "own", "steps": [\n{"action": "rate",\n "tims": 3}]}',
      /line 3: steps\[0\]: 'tims' is no parameter of rate; the nearest is 'times'/,
    ],
    ['{"name": "own", "steps": [{"action": "rate", "times": "3"}]}', /'times' must be like 10/],
    ['{"name": "own", "steps": [{"action": "flap", "onSeconds": 3}]}', /must be two numbers/],
    ['{"name": "own", "steps": [{"action": "outage", "paths": ["cwpm"]}]}', /the nearest is 'cwmp'/],
    ['{"name": "own", "steps": [{"action": "swap", "select": {"olt": "x"}}]}', /'olt' is no selection/],
    ['{"name": "own", "steps": []}', /must be a list of 1 to/],
  ])('that is wrong says where and why: %s', (text, message) => {
    expect(inFile(text)).toThrow(message);
  });

  it('that is not there, and a name that nobody knows, are refused with the nearest', () => {
    expect(() => findScenario('/nowhere/own.json')).toThrow('cannot be read');
    expect(() => findScenario('olt-outrage')).toThrow("the nearest is 'olt-outage'");
  });
});
