import {
  createSimulatedFleet,
  type Heard,
  type SimulatedFleet,
} from '../../../../tests/support/simulated-fleet.js';
import { totalsOf } from '../path-tally.js';
import { builtInScenario } from './built-in-scenarios.js';

// Simulated time is cheap, but not on a machine that does ten other things.
jest.setTimeout(90_000);

const since = ({ heard }: SimulatedFleet, fromMs: number): Heard[] =>
  heard.filter(({ atMs }) => atMs > fromMs);
const devicesOf = (heard: readonly Heard[]): Set<number> => new Set(heard.map(({ device }) => device));
const start = (stage: SimulatedFleet, name: string): number => {
  stage.player.start(builtInScenario(name));
  return stage.nowMs();
};

test.each([
  { name: 'webhook-silent', dead: 'webhook', mix: 'webhook=40,heartbeat=60' },
  { name: 'gateway-death', dead: 'telemetry', mix: 'telemetry=40,heartbeat=60' },
])('$name: everybody behind one source falls silent, the others report on', async ({ name, dead, mix }) => {
  const stage = createSimulatedFleet({ devices: 200, intervalSeconds: 10, mix });
  await stage.pass(12);
  const fromMs = start(stage, name);
  await stage.pass(32);
  // A batch of the gateway may have been open.
  const heard = since(stage, fromMs + 300);
  const others = stage.devices((device) => stage.fleet.wayOf(device) === 'heartbeat');
  expect(heard.some(({ path }) => path === dead)).toBe(false);
  expect([...devicesOf(heard)].sort((a, b) => a - b)).toEqual(others);
  expect(stage.simulation.load().cut).toBe(0);
  expect(stage.incidents.list()[0]).toMatchObject({
    ...{ cause: 'source_silent', silent_now: 0 },
    expected: { finding: 'source_silent', must_not_claim: ['offline', 'group_alarm'] },
  });
  stage.player.stop(name);
  const backMs = stage.nowMs();
  await stage.pass(11);
  expect(devicesOf(since(stage, backMs)).size).toBe(200);
});

test('interval-campaign: one model reports twelve times less often, says so, and nobody falls silent', async () => {
  const stage = createSimulatedFleet({
    ...{ devices: 120, intervalSeconds: 300, stepMs: 1000, mix: 'heartbeat=1' },
  });
  await stage.pass(300);
  const fromMs = start(stage, 'interval-campaign');
  await stage.pass(3600);
  const model = stage.devices((device) => stage.fleet.modelOf(device).name === 'zte-f670l');
  for (let device = 0; device < 120; device++) {
    const heard = since(stage, fromMs).filter((one) => one.device === device);
    expect(heard).toHaveLength(model.includes(device) ? 1 : 12);
    if (model.includes(device))
      expect(JSON.parse(heard[0]!.body())).toMatchObject({ interval_seconds: 3600 });
  }
  expect(stage.incidents.list()[0]).toMatchObject({
    ...{ cause: 'interval_change', devices: model.length, labels: { model: 'zte-f670l' } },
    expected: { finding: 'model_quiet' },
  });
});

test('quarter-hour-herd: all report at one moment, and in their own rhythm again afterwards', async () => {
  const stage = createSimulatedFleet({ devices: 200, intervalSeconds: 20 });
  start(stage, 'quarter-hour-herd');
  await stage.pass(40);
  expect(stage.heard).toHaveLength(400);
  expect(new Set(stage.heard.map(({ atMs }) => Math.floor(atMs / 1000))).size).toBe(2);
  stage.player.stop('quarter-hour-herd');
  const fromMs = stage.nowMs();
  await stage.pass(40);
  expect(since(stage, fromMs)).toHaveLength(400);
  expect(new Set(since(stage, fromMs).map(({ atMs }) => Math.floor(atMs / 1000))).size).toBeGreaterThan(30);
});

test('chatty-device: one device reports every second while its interval says otherwise', async () => {
  const stage = createSimulatedFleet({ devices: 100, intervalSeconds: 20 });
  const fromMs = start(stage, 'chatty-device');
  await stage.pass(40);
  const [chatty] = stage.incidents.list()[0]!.serial_numbers.map((name) => stage.fleet.findIndex(name)!);
  const heard = since(stage, fromMs);
  expect(heard.filter(({ device }) => device === chatty).length).toBeGreaterThanOrEqual(38);
  expect(heard.filter(({ device }) => device !== chatty)).toHaveLength(99 * 2);
  expect(JSON.parse(heard.findLast(({ device }) => device === chatty)!.body())).toMatchObject({
    interval_seconds: 20,
  });
});

test('duplicate-delivery: a third comes twice, byte for byte, and counts once in the truth', async () => {
  const stage = createSimulatedFleet({ devices: 100, intervalSeconds: 5, mix: 'heartbeat=1,webhook=1' });
  start(stage, 'duplicate-delivery');
  await stage.pass(60);
  const times = new Map<string, number>();
  for (const { body } of stage.heard) times.set(body(), (times.get(body()) ?? 0) + 1);
  const twice = [...times.values()].filter((count) => count === 2).length;
  expect([...times.values()].every((count) => count <= 2)).toBe(true);
  expect(twice / times.size).toBeGreaterThan(0.28);
  expect(twice / times.size).toBeLessThan(0.38);
  expect(stage.simulation.load().duplicates).toBe(twice);
  expect(totalsOf(stage.truth)).toMatchObject({ sent: times.size, acknowledged: times.size });
});

test('late-delivery: a third is overtaken by newer ones, each with the bytes and the time it had', async () => {
  const stage = createSimulatedFleet({ devices: 100, intervalSeconds: 5 });
  start(stage, 'late-delivery');
  await stage.pass(60);
  const newest = new Map<number, number>();
  let late = 0;
  for (const one of stage.heard) {
    const { ts } = JSON.parse(one.body()) as { ts: string };
    expect(Date.parse(ts)).toBe(one.dueMs);
    if (one.dueMs < (newest.get(one.device) ?? 0)) {
      late += 1;
      expect(one.atMs - one.dueMs).toBeGreaterThanOrEqual(20_000);
    }
    newest.set(one.device, Math.max(one.dueMs, newest.get(one.device) ?? 0));
  }
  expect(late / stage.heard.length).toBeGreaterThan(0.15);
  for (const device of newest.keys())
    expect(stage.truthOf(device)).toMatchObject({
      last_acknowledged_ts: new Date(newest.get(device)!).toISOString(),
    });
});

test.each([
  { name: 'random-serial-flood', kind: 'strangers', perSecond: 200 },
  { name: 'garbage-sender', kind: 'garbage', perSecond: 50 },
  { name: 'oversized-reports', kind: 'oversized', perSecond: 5 },
])('$name: strangers send until it is over; the fleet does not notice', async (expected) => {
  const { name, kind, perSecond } = expected;
  const stage = createSimulatedFleet({ devices: 50, intervalSeconds: 10 });
  start(stage, name);
  await stage.pass(20);
  expect(stage.strays).toEqual([{ kind, perSecond, going: true }]);
  expect(totalsOf(stage.truth)).toMatchObject({ sent: 100, acknowledged: 100 });
  stage.player.stop(name);
  expect(stage.strays[0]!.going).toBe(false);
});

test('no-empty-post: a third of the sessions is to end after the InformResponse', async () => {
  const stage = createSimulatedFleet({ devices: 300, intervalSeconds: 10, mix: 'cwmp=50,heartbeat=50' });
  start(stage, 'no-empty-post');
  const { endsEarly } = stage.simulation.world;
  const sessions = stage.devices((device) => stage.fleet.wayOf(device) === 'cwmp');
  expect(endsEarly.size / sessions.length).toBeGreaterThan(0.2);
  expect(endsEarly.size / sessions.length).toBeLessThan(0.46);
  for (const device of endsEarly) expect(sessions).toContain(device);
  await stage.pass(11);
  expect(devicesOf(stage.heard).size).toBe(300);
  stage.player.stop('no-empty-post');
  expect(endsEarly.size).toBe(0);
});

test('spike: ten times the reports, each counted, and the usual number afterwards', async () => {
  const stage = createSimulatedFleet({ devices: 100, intervalSeconds: 20 });
  await stage.pass(20);
  const fromMs = start(stage, 'spike');
  await stage.pass(40);
  expect(since(stage, fromMs).length).toBeGreaterThan(1800);
  expect(since(stage, fromMs).length).toBeLessThanOrEqual(2000);
  stage.player.stop('spike');
  const afterMs = stage.nowMs();
  await stage.pass(40);
  expect(since(stage, afterMs).length).toBe(200);
  const totals = totalsOf(stage.truth);
  expect(totals).toMatchObject({ sent: stage.heard.length, acknowledged: stage.heard.length });
});

const MIXED = 'heartbeat=30,telemetry=20,webhook=20,cwmp=20,bulk=10';

test('acs-outage: nothing arrives for half a minute, then all that waited comes at once', async () => {
  const stage = createSimulatedFleet({ devices: 300, intervalSeconds: 60, mix: MIXED });
  await stage.pass(61);
  const fromMs = start(stage, 'acs-outage');
  await stage.pass(29.9);
  expect(since(stage, fromMs)).toEqual([]);
  const { waiting } = stage.simulation.load();
  expect(waiting).toBeGreaterThan(50);
  await stage.pass(0.5);
  const first = since(stage, fromMs);
  expect(first.length).toBeGreaterThanOrEqual(waiting);
  expect(first.filter(({ retryCount }) => retryCount > 0).length).toBeGreaterThanOrEqual(waiting);
  expect(totalsOf(stage.truth).in_doubt).toBe(0);
  expect(stage.incidents.list()[0]).toMatchObject({
    ...{ cause: 'intake_outage', silent_now: 0, ended_at: new Date(fromMs + 30_000).toISOString() },
  });
});

test('target-down: nothing arrives for three minutes, and the return is spread by the table', async () => {
  const stage = createSimulatedFleet({ devices: 600, intervalSeconds: 600, mix: MIXED, stepMs: 250 });
  await stage.pass(600);
  const fromMs = start(stage, 'target-down');
  await stage.pass(179);
  expect(since(stage, fromMs)).toEqual([]);
  const waiting = stage.simulation.load().waiting;
  await stage.pass(240);
  const returned = since(stage, fromMs).filter(({ retryCount }) => retryCount > 0);
  expect(new Set(returned.map(({ shipment }) => shipment)).size).toBeGreaterThanOrEqual(waiting);
  const bySecond = new Map<number, number>();
  for (const { shipment, atMs } of returned) {
    if (shipment.path === 'telemetry') continue;
    const second = Math.floor((atMs - fromMs) / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  }
  const seconds = [...bySecond.keys()].sort((a, b) => a - b);
  expect(seconds.at(-1)! - seconds[0]!).toBeGreaterThan(90);
  expect(Math.max(...bySecond.values())).toBeLessThan(returned.length / 10);
  expect(totalsOf(stage.truth)).toMatchObject({ in_doubt: 0, rejected: 0 });
});

test('slow-network: every request is sent 800 ms later, with the time it had', async () => {
  const stage = createSimulatedFleet({ devices: 100, intervalSeconds: 10, stepMs: 50 });
  start(stage, 'slow-network');
  await stage.pass(31);
  expect(stage.heard.length).toBeGreaterThanOrEqual(290);
  for (const { atMs, dueMs, body } of stage.heard) {
    expect(atMs - dueMs).toBeGreaterThanOrEqual(800);
    expect(atMs - dueMs).toBeLessThan(1000);
    expect(JSON.parse(body())).toMatchObject({ ts: new Date(dueMs).toISOString() });
  }
  stage.player.stop('slow-network');
  expect(stage.simulation.world.latencyMs).toBe(0);
});
