import {
  createSimulatedFleet,
  type SimulatedFleet,
  type SimulatedFleetOptions,
} from '../../../../tests/support/simulated-fleet.js';
import type { Access } from '../models/model-file.js';
import { builtInScenario } from './built-in-scenarios.js';
import type { Incident } from './incident-log.js';
import type { Group } from './selection.js';

// Simulated time is cheap, but not on a machine that does ten other things.
jest.setTimeout(90_000);

const WARM_UP_SECONDS = 22;

interface Played {
  stage: SimulatedFleet;
  beganMs: number;
  /** Devices silent right after the beginning. */
  silent: number[];
  /** Devices heard since so many seconds after the beginning. */
  heardSince(seconds: number): Set<number>;
  incident(): Incident;
}

async function play(name: string, options: SimulatedFleetOptions = {}): Promise<Played> {
  const stage = createSimulatedFleet({
    devices: 512,
    intervalSeconds: 20,
    stepMs: 250,
    lazy: true,
    ...options,
  });
  await stage.pass(WARM_UP_SECONDS);
  const beganMs = stage.nowMs();
  stage.player.start(builtInScenario(name));
  return {
    ...{ stage, beganMs },
    silent: stage.devices((device) => stage.fleet.silence[device] !== 0),
    heardSince: (seconds) =>
      new Set(stage.heard.filter(({ atMs }) => atMs > beganMs + seconds * 1000).map(({ device }) => device)),
    incident: () => stage.incidents.list().at(-1)!,
  };
}

/** The value of a label that all these devices have, and nobody else of those that could. */
function onlyGroup({ fleet, devices }: SimulatedFleet, chosen: number[], group: Group): string {
  const value = fleet.placeOf(chosen[0]!)[group]!;
  expect(chosen).toEqual(devices((device) => fleet.placeOf(device)[group] === value));
  return value;
}

/** Subjects of what an observer saw. */
const seen = ({ observed }: SimulatedFleet, observer: string, what: string, state?: string): string[] =>
  observed.flatMap(({ subject, data }) =>
    data.observer === observer && data.observed === what && data.state === state ? [subject] : [],
  );
const names = ({ fleet }: SimulatedFleet, devices: readonly number[]): string[] =>
  devices.map((device) => fleet.serialNumberOf(device)).sort();
const byAccess = ({ fleet }: SimulatedFleet, devices: readonly number[], access: Access): number[] =>
  devices.filter((device) => fleet.modelOf(device).access === access);

describe('street-power-cut', () => {
  const RETURN: Record<string, [number, number]> = { fibre: [60, 181], dsl: [120, 301], cable: [120, 601] };

  it('silences a site but for its batteries; all but a few come back in their time with a boot', async () => {
    const { stage, beganMs, silent, heardSince, incident } = await play('street-power-cut');
    const { fleet } = stage;
    const { site } = fleet.placeOf(silent[0]!);
    const members = stage.devices((device) => fleet.placeOf(device).site === site);
    expect(silent).toEqual(members.filter((device) => !fleet.placeOf(device).hasBattery));
    expect(silent.length).toBeLessThan(members.length);
    expect(incident()).toMatchObject({
      ...{ cause: 'power_loss', labels: { site }, devices: silent.length, members: members.length },
      ...{ silent_now: silent.length, ended_at: null, began_at: new Date(beganMs).toISOString() },
      expected: { finding: 'group_alarm', named_cause: 'power', most_notifications: 1 },
    });
    expect(incident().serial_numbers.sort()).toEqual(names(stage, silent));
    await stage.pass(119);
    const others = stage.devices((device) => !silent.includes(device));
    expect([...heardSince(1)].sort((a, b) => a - b)).toEqual(others);

    await stage.pass(602);
    expect(incident().ended_at).toBe(new Date(beganMs + 120_000).toISOString());
    const back = silent.filter((device) => fleet.silence[device] === 0);
    expect(silent.length - back.length).toBeGreaterThan(0);
    expect(silent.length - back.length).toBeLessThan(silent.length * 0.08);
    for (const device of back) {
      const first = stage.heard.find((one) => one.device === device && one.atMs > beganMs + 120_000)!;
      const range = RETURN[fleet.modelOf(device).access];
      const afterSeconds = (first.atMs - beganMs) / 1000 - 120;
      expect(first.codes).toContain('1 BOOT');
      expect((JSON.parse(first.body()) as { uptime_seconds: number }).uptime_seconds).toBeLessThan(2);
      if (range !== undefined) expect(afterSeconds >= range[0] && afterSeconds <= range[1]).toBe(true);
    }
  });

  it('lets OLT and DSLAM hear last words, or a lost line, and RADIUS miss the sessions', async () => {
    const { stage, silent } = await play('street-power-cut');
    await stage.pass(100);
    const fibre = byAccess(stage, silent, 'fibre');
    const dsl = byAccess(stage, silent, 'dsl');
    const gasps = seen(stage, 'olt', 'dying_gasp', 'raised');
    const lost = seen(stage, 'olt', 'los', 'raised');
    expect([...gasps, ...lost].sort()).toEqual(names(stage, fibre));
    expect(gasps.length / fibre.length).toBeGreaterThan(0.8);
    expect(lost.length).toBeGreaterThan(0);
    expect(
      [
        ...seen(stage, 'dslam', 'dying_gasp', 'raised'),
        ...seen(stage, 'dslam', 'link_down', 'raised'),
      ].sort(),
    ).toEqual(names(stage, dsl));
    expect(seen(stage, 'radius', 'session_stop').sort()).toEqual(names(stage, [...fibre, ...dsl]));
    await stage.pass(400);
    const back = [...fibre, ...dsl].filter((device) => stage.fleet.silence[device] === 0);
    expect(seen(stage, 'radius', 'session_start').sort()).toEqual(names(stage, back));
    expect(
      [...seen(stage, 'olt', 'dying_gasp', 'cleared'), ...seen(stage, 'olt', 'los', 'cleared')].length,
    ).toBe(byAccess(stage, back, 'fibre').length);
  });

  it('goes by ten times as fast when it is told to', async () => {
    const { stage, beganMs, silent, incident } = await play('street-power-cut', { faster: 10 });
    await stage.pass(12.5 + 60);
    expect(incident()).toMatchObject({
      faster: 10,
      ended_at: new Date(beganMs + 12_000).toISOString(),
    });
    for (const device of byAccess(stage, silent, 'fibre')) {
      if (stage.fleet.silence[device] !== 0) continue;
      const afterSeconds = (stage.fleet.bootMs[device]! - beganMs) / 1000 - 12;
      expect(afterSeconds >= 6 && afterSeconds <= 18.5).toBe(true);
    }
  });
});

interface GroupOutage {
  name: string;
  group: Group;
  /** How long it lasts, and within which time everybody is back. */
  seconds: number;
  returned: number;
  cause: string;
  named: string;
  /** What RADIUS gives as the reason. */
  stop: string;
  los: boolean;
}

describe.each<GroupOutage>([
  {
    ...{ name: 'olt-outage', group: 'olt', seconds: 180, returned: 31, cause: 'olt_failure' },
    named: 'session',
    stop: 'Lost Carrier',
    los: false,
  },
  {
    ...{ name: 'bng-failure', group: 'bng', seconds: 120, returned: 61, cause: 'bng_failure' },
    named: 'session',
    stop: 'NAS Reboot',
    los: false,
  },
])('$name', ({ name, group, seconds, returned, cause, named, stop, los }) => {
  it('silences one group, whose boxes come back without a boot', async () => {
    const { stage, beganMs, silent, heardSince, incident } = await play(name, {
      plan: { devicesPerSite: 64, sitesPerBng: 2 },
    });
    const value = onlyGroup(stage, silent, group);
    expect(incident()).toMatchObject({
      ...{ cause, labels: { [group]: value }, devices: silent.length, members: silent.length },
      expected: { named_cause: named },
    });
    await stage.pass(seconds - 0.5);
    const heard = heardSince(0);
    for (const device of silent) expect(heard.has(device)).toBe(false);
    expect(heard.size).toBe(stage.fleet.size - silent.length);
    const stops = stage.observed.filter(({ data }) => data.observed === 'session_stop');
    expect(stops.map(({ subject }) => subject).sort()).toEqual(names(stage, silent));
    expect(new Set(stops.map(({ data }) => data.text))).toEqual(new Set([`Acct-Terminate-Cause ${stop}`]));
    expect(stage.observed.some(({ data }) => data.observed === 'los')).toBe(los);
    await stage.pass(returned + 20);
    expect(incident()).toMatchObject({
      silent_now: 0,
      ended_at: new Date(beganMs + seconds * 1000).toISOString(),
    });
    const after = stage.heard.filter(({ device, atMs }) => silent.includes(device) && atMs > beganMs);
    expect(new Set(after.map(({ device }) => device)).size).toBe(silent.length);
    expect(after.filter(({ codes }) => codes.includes('1 BOOT'))).toEqual([]);
    expect(seen(stage, 'radius', 'session_start').sort()).toEqual(names(stage, silent));
  });
});

describe('fibre-cut', () => {
  it('silences one PON until it is mended, with lost light at the OLT and no last words', async () => {
    const { stage, silent, heardSince, incident } = await play('fibre-cut');
    const pon = onlyGroup(stage, silent, 'pon');
    expect(incident()).toMatchObject({ cause: 'line_cut', labels: { pon }, members: silent.length });
    await stage.pass(300);
    expect(incident()).toMatchObject({ silent_now: silent.length, ended_at: null });
    const { olt } = stage.fleet.placeOf(silent[0]!);
    const neighbours = stage.devices(
      (device) => stage.fleet.placeOf(device).olt === olt && !silent.includes(device),
    );
    const heard = heardSince(270);
    for (const device of neighbours) expect(heard.has(device)).toBe(true);
    expect(seen(stage, 'olt', 'los', 'raised').sort()).toEqual(names(stage, silent));
    expect(seen(stage, 'olt', 'dying_gasp', 'raised')).toEqual([]);
    stage.player.stop('fibre-cut');
    await stage.pass(45);
    expect(incident()).toMatchObject({ silent_now: 0 });
    expect(incident().ended_at).not.toBeNull();
    expect(seen(stage, 'olt', 'los', 'cleared').sort()).toEqual(names(stage, silent));
  });
});

describe('flapping', () => {
  it('lets a few devices come and go again and again, and leaves them on the net at the end', async () => {
    const { stage, heardSince } = await play('flapping', { stepMs: 500 });
    const turns = new Map<number, number>();
    let before = new Set<number>();
    for (let look = 0; look < 60; look++) {
      await stage.pass(5);
      const now = new Set(stage.devices((device) => stage.fleet.silence[device] !== 0));
      for (const device of now) if (!before.has(device)) turns.set(device, (turns.get(device) ?? 0) + 1);
      before = now;
    }
    expect(turns.size).toBeGreaterThan(1);
    expect(turns.size).toBeLessThan(16);
    for (const times of turns.values()) expect(times).toBeGreaterThanOrEqual(3);
    expect(heardSince(0).size).toBe(stage.fleet.size);
    stage.player.stop('flapping');
    expect(stage.simulation.load().cut).toBe(0);
  });
});

describe('nightly-switch-off', () => {
  it('takes single households of the whole network off, each with its last words, and no group', async () => {
    const { stage, incident } = await play('nightly-switch-off', { devices: 4096, intervalSeconds: 30 });
    await stage.pass(31);
    const off = stage.devices((device) => stage.fleet.silence[device] !== 0);
    expect(off.length / 4096).toBeGreaterThan(0.035);
    expect(off.length / 4096).toBeLessThan(0.065);
    for (const device of off) expect(stage.fleet.placeOf(device).tier).toBe('residential');
    for (const group of ['site', 'pon'] as const) {
      const members = new Map<string, number>();
      const count = (devices: readonly number[]): Map<string, number> => {
        const counts = new Map<string, number>();
        for (const device of devices) {
          const value = stage.fleet.placeOf(device)[group];
          if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
        }
        return counts;
      };
      for (const [value, size] of count([...stage.fleet.silence.keys()])) members.set(value, size);
      for (const [value, gone] of count(off)) {
        if (members.get(value)! >= 20) expect(gone / members.get(value)!).toBeLessThan(0.3);
      }
    }
    expect(incident()).toMatchObject({
      ...{ cause: 'switched_off', labels: {}, devices: off.length, silent_now: off.length },
      expected: { finding: 'none', most_notifications: 0 },
    });
    expect(seen(stage, 'olt', 'dying_gasp', 'raised').length).toBeGreaterThan(30);
    const fromMs = stage.nowMs();
    stage.player.stop('nightly-switch-off');
    await stage.pass(31);
    expect(incident().silent_now).toBe(0);
    const boots = stage.heard.filter(({ atMs, codes }) => atMs > fromMs && codes.includes('1 BOOT'));
    for (const device of off) expect(boots.some((one) => one.device === device)).toBe(true);
  });
});
