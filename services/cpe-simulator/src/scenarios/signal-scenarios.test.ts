import { createSimulatedFleet, type SimulatedFleet } from '../../../../tests/support/simulated-fleet.js';
import { builtInScenario } from './built-in-scenarios.js';

// Simulated time is cheap, but not on a machine that does ten other things.
jest.setTimeout(90_000);

type Body = Record<string, number | string | undefined>;

/** The newest body of each device, of those since a time. */
function newest(stage: SimulatedFleet, fromMs = 0): Map<number, Body> {
  const bodies = new Map<number, Body>();
  for (const one of stage.heard) {
    if (one.atMs > fromMs) bodies.set(one.device, JSON.parse(one.body()) as Body);
  }
  return bodies;
}

const onlySilent = (stage: SimulatedFleet): number => stage.simulation.load().cut;

/** The values of a bulk report in name-value pairs, by the end of their names. */
function valueOf(body: string, end: string): string | number | undefined {
  const { Report: reports } = JSON.parse(body) as { Report: Record<string, string | number>[] };
  return Object.entries(reports.at(-1)!).find(([name]) => name.endsWith(end))?.[1];
}

describe.each([
  { name: 'dirty-fibre-quick', faster: 1 },
  { name: 'dirty-fibre', faster: 1000 },
])('$name', ({ name, faster }) => {
  it('takes 6 dB of light from one PON, and nobody offline', async () => {
    const stage = createSimulatedFleet({ devices: 512, intervalSeconds: 10, stepMs: 250, faster });
    await stage.pass(12);
    const before = newest(stage);
    stage.player.start(builtInScenario(name));
    await stage.pass(100);
    const after = newest(stage, stage.nowMs() - 11_000);
    const [incident] = stage.incidents.list();
    const { pon } = incident!.labels;
    expect(incident).toMatchObject({ cause: 'optical_fade', silent_now: 0, faster });
    for (const [device, body] of after) {
      const lost = Number(before.get(device)!['rx_power_dbm']) - Number(body['rx_power_dbm']);
      if (stage.fleet.placeOf(device).pon === pon) expect(Math.abs(lost - 6)).toBeLessThan(0.7);
      else if (stage.fleet.modelOf(device).access === 'fibre') expect(Math.abs(lost)).toBeLessThan(0.7);
    }
    expect(onlySilent(stage)).toBe(0);
    const readings = stage.observed.filter(({ data }) => data.observer === 'olt');
    expect(new Set(readings.map(({ subject }) => subject)).size).toBe(incident!.devices);
    const last = readings.at(-1)!.data['olt_rx_power_dbm'] as number;
    expect((readings[0]!.data['olt_rx_power_dbm'] as number) - last).toBeCloseTo(5.7, 1);
    expect(readings.every(({ data }) => data.observed === undefined)).toBe(true);
    stage.player.stop(name);
    await stage.pass(12);
    for (const device of after.keys()) expect(stage.fleet.opticalLossDb[device]).toBe(0);
  });
});

test('dsl-rain: margins and rates of DSL lines fall and their errors rise; fibre does not notice', async () => {
  const stage = createSimulatedFleet({
    ...{ devices: 300, intervalSeconds: 20, stepMs: 500, mix: 'bulk-pairs=1', faster: 10 },
  });
  await stage.pass(62);
  const lineOf = (device: number, fromMs: number): (string | number | undefined)[] => {
    const heard = stage.heard.findLast(
      (one) => one.device === device && one.atMs > fromMs && one.request!.path.includes('profile=health'),
    )!;
    const body = heard.body();
    return ['NoiseMargin', 'CurrRate', 'CRCErrors'].map((end) => valueOf(body, end));
  };
  const dsl = stage.devices((device) => stage.fleet.modelOf(device).access === 'dsl');
  expect(dsl.length).toBeGreaterThan(10);
  const before = new Map(dsl.map((device) => [device, lineOf(device, 0)]));
  stage.player.start(builtInScenario('dsl-rain'));
  await stage.pass(62);
  const fromMs = stage.nowMs();
  await stage.pass(62);
  let compared = 0;
  for (const device of dsl) {
    const [was, is] = [before.get(device)!.map(Number), lineOf(device, fromMs).map(Number)];
    for (const [index, direction] of [-1, -1, 1].entries()) {
      if (Number.isNaN(was[index]!)) continue;
      compared += 1;
      expect(Math.sign(is[index]! - was[index]!)).toBe(was[index] === 0 && index === 0 ? 0 : direction);
    }
  }
  expect(compared).toBeGreaterThan(dsl.length);
  expect(onlySilent(stage)).toBe(0);
  expect(stage.incidents.list()[0]).toMatchObject({
    ...{ cause: 'line_noise', attributes: { access: 'dsl' }, devices: dsl.length, members: dsl.length },
  });
});

test('internet-down: one box reports on without an internet address while RADIUS says its session stopped', async () => {
  const stage = createSimulatedFleet({ devices: 50, intervalSeconds: 10 });
  await stage.pass(12);
  stage.player.start(builtInScenario('internet-down'));
  await stage.pass(21);
  const [incident] = stage.incidents.list();
  const [serialNumber] = incident!.serial_numbers;
  const device = stage.fleet.findIndex(serialNumber!)!;
  for (const [one, body] of newest(stage, stage.nowMs() - 11_000))
    expect(body['wan_ip'] === undefined).toBe(one === device);
  expect(stage.observed).toMatchObject([
    { subject: serialNumber, data: { observer: 'radius', observed: 'session_stop' } },
  ]);
  expect(stage.truthOf(device)['state']).not.toHaveProperty('wan_ip');
  expect(incident).toMatchObject({ cause: 'internet_down', devices: 1, silent_now: 0, ended_at: null });
  stage.player.stop('internet-down');
  await stage.pass(12);
  expect(newest(stage).get(device)!['wan_ip']).toBe(stage.fleet.wanAddressOf(device));
  expect(stage.observed.at(-1)).toMatchObject({ data: { observed: 'session_start' } });
});

test('internet-down-bulk: one box reports its internet connection as Disconnected', async () => {
  const stage = createSimulatedFleet({ devices: 60, intervalSeconds: 10, mix: 'bulk-pairs=1' });
  await stage.pass(32);
  stage.player.start(builtInScenario('internet-down-bulk'));
  const fromMs = stage.nowMs();
  await stage.pass(32);
  const statuses = new Map<number, unknown>();
  for (const one of stage.heard.filter(({ atMs }) => atMs > fromMs + 1000)) {
    const status = valueOf(one.body(), 'ConnectionStatus');
    if (status !== undefined) statuses.set(one.device, status);
  }
  const down = [...statuses].filter(([, status]) => status === 'Disconnected');
  const [serialNumber] = stage.incidents.list()[0]!.serial_numbers;
  expect(down.map(([device]) => stage.fleet.serialNumberOf(device))).toEqual([serialNumber]);
  expect([...statuses].filter(([, status]) => status === 'Connected').length).toBeGreaterThan(10);
});

test('nightly-reconnect: DSL lines report new addresses with 4 VALUE CHANGE and go on counting their uptime', async () => {
  const stage = createSimulatedFleet({ devices: 200, intervalSeconds: 20, mix: 'webhook=1' });
  await stage.pass(22);
  const before = newest(stage);
  stage.player.start(builtInScenario('nightly-reconnect'));
  const fromMs = stage.nowMs();
  await stage.pass(52);
  const dsl = stage.devices((device) => stage.fleet.modelOf(device).access === 'dsl');
  for (const [device, body] of newest(stage)) {
    expect(body['wan_ip'] !== before.get(device)!['wan_ip']).toBe(dsl.includes(device));
    expect(Number(body['uptime_seconds'])).toBeGreaterThan(Number(before.get(device)!['uptime_seconds']));
  }
  const changes = stage.heard.filter(({ atMs, codes }) => atMs > fromMs && codes.includes('4 VALUE CHANGE'));
  expect(changes.map(({ device }) => device).sort()).toEqual([...dsl].sort());
  expect(changes.some(({ codes }) => codes.includes('1 BOOT'))).toBe(false);
  for (const what of ['session_stop', 'session_start'])
    expect(stage.observed.filter(({ data }) => data.observed === what)).toHaveLength(dsl.length);
  expect(onlySilent(stage)).toBe(0);
});

test.each([
  { name: 'ntp-outage', mix: 'heartbeat=1', wrong: [0.2, 0.45] },
  { name: 'clock-1970', mix: 'heartbeat=1', wrong: [1, 1] },
  { name: 'clock-local', mix: 'heartbeat=1', wrong: [0.22, 0.38] },
])('$name: clocks are wrong, and everybody reports on', async ({ name, mix, wrong }) => {
  const stage = createSimulatedFleet({ devices: 500, intervalSeconds: 10, stepMs: 250, mix });
  await stage.pass(11);
  stage.player.start(builtInScenario(name));
  const fromMs = stage.nowMs();
  await stage.pass(21);
  const bodies = newest(stage, fromMs + 10_500);
  expect(bodies.size).toBe(500);
  const off: number[] = [];
  for (const [device, body] of bodies) {
    const text = String(body['ts']);
    const offSeconds = Math.abs(Date.parse(text.endsWith('Z') ? text : `${text}Z`) - stage.nowMs()) / 1000;
    if (offSeconds > 30) off.push(device);
    if (name === 'clock-1970') expect(text).toMatch(/^19[67]\d-/);
    if (name === 'clock-local' && offSeconds > 30) expect(text).not.toMatch(/Z$/);
    // No time can be expected to be in force of a clock that is wrong.
    if (offSeconds > 30) expect(stage.truthOf(device)['state']).not.toHaveProperty('device_time');
  }
  expect(off.length / 500).toBeGreaterThanOrEqual(wrong[0]!);
  expect(off.length / 500).toBeLessThanOrEqual(wrong[1]!);
  expect(stage.incidents.list()[0]).toMatchObject({ cause: 'clock', expected: { finding: 'none' } });
  stage.player.stop(name);
  await stage.pass(11);
  for (const body of newest(stage, stage.nowMs() - 10_000).values())
    expect(Math.abs(Date.parse(String(body['ts'])) - stage.nowMs())).toBeLessThan(11_000);
});
