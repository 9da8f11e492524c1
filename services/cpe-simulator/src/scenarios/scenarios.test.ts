import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulatedFleet } from '../../../../tests/support/simulated-fleet.js';
import { totalsOf } from '../path-tally.js';
import { createRandom } from '../seeded-random.js';
import { BUILT_IN_SCENARIOS, findScenario } from './built-in-scenarios.js';
import type { Scenario } from './scenario-file.js';
import { select } from './selection.js';

// Simulated time is cheap, but not on a machine that does ten other things.
jest.setTimeout(90_000);

/** The tests that show a scenario's effect. */
const EFFECT_TESTS = ['outage', 'firmware', 'signal', 'traffic'].map((family) =>
  readFileSync(join(__dirname, `${family}-scenarios.test.ts`), 'utf8'),
);

describe('the built-in scenarios', () => {
  it('say what they are and what an operator should see', () => {
    expect(BUILT_IN_SCENARIOS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(BUILT_IN_SCENARIOS.map(({ name }) => name)).size).toBe(BUILT_IN_SCENARIOS.length);
    for (const { summary, expect: effect, truth } of BUILT_IN_SCENARIOS) {
      expect(truth).toBeDefined();
      expect(summary.length).toBeGreaterThan(10);
      expect(effect.length).toBeGreaterThan(10);
    }
  });

  it.each(BUILT_IN_SCENARIOS.map(({ name }) => name))(
    '%s begins, ends and leaves the books right',
    async (name) => {
      const stage = createSimulatedFleet({
        ...{ devices: 300, intervalSeconds: 5, stepMs: 200, lazy: true },
        mix: 'heartbeat=40,telemetry=20,webhook=20,cwmp=10,bulk=10',
      });
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
      const [incident] = stage.incidents.list();
      expect(incident).toMatchObject({ scenario: name, ended_at: expect.any(String) });
      expect(incident!.devices).toBeGreaterThan(0);
    },
  );

  it.each(BUILT_IN_SCENARIOS.map(({ name }) => name))('%s has its effect shown by a test', (name) => {
    expect(EFFECT_TESTS.filter((text) => new RegExp(`\\b${name}(?![-\\w])`).test(text))).toHaveLength(1);
  });
});

describe('a selection', () => {
  it('is the same for the same numbers', () => {
    const { fleet } = createSimulatedFleet({ devices: 2000 });
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
    [
      '{"name": "own", "steps": [{"action": "swap"}],\n "truth": {"cause": "power_los", "finding": "none"}}',
      /line 2: truth: 'power_los' is no cause; the nearest is 'power_loss'/,
    ],
    [
      '{"name": "own", "steps": [{"action": "swap"}], "truth": {"cause": "swap", "finding": "none", "step": 1}}',
      /'step' must be the index of a step/,
    ],
  ])('that is wrong says where and why: %s', (text, message) => {
    expect(inFile(text)).toThrow(message);
  });

  it('that is not there, and a name that nobody knows, are refused with the nearest', () => {
    expect(() => findScenario('/nowhere/own.json')).toThrow('cannot be read');
    expect(() => findScenario('olt-outrage')).toThrow("the nearest is 'olt-outage'");
  });
});
