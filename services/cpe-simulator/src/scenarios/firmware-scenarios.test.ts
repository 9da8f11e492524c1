import { createSimulatedFleet, type SimulatedFleet } from '../../../../tests/support/simulated-fleet.js';
import { INVENTORY_COLUMNS, inventoryLines } from '../inventory-csv.js';
import { builtInScenario } from './built-in-scenarios.js';

// Simulated time is cheap, but not on a machine that does ten other things.
jest.setTimeout(90_000);

const MODELS = { huawei: 'huawei-eg8145v5', zte: 'zte-f670l', tpLink: 'tp-link-xx230v' };

const ofModel = ({ fleet, devices }: SimulatedFleet, name: string): number[] =>
  devices((device) => fleet.modelOf(device).name === name);
const onFirmware = ({ fleet, devices }: SimulatedFleet, version: string): number[] =>
  devices((device) => fleet.softwareVersionOf(device) === version);

/** Boots that each device told of since a time, by device. */
function bootsSince({ heard }: SimulatedFleet, fromMs: number): Map<number, number> {
  const boots = new Map<number, number>();
  for (const { device, atMs, codes } of heard) {
    if (atMs > fromMs && codes.includes('1 BOOT')) boots.set(device, (boots.get(device) ?? 0) + 1);
  }
  return boots;
}

test('bad-firmware: one model boots every one to two minutes on the new version, the others do not', async () => {
  const stage = createSimulatedFleet({ devices: 200, intervalSeconds: 20, stepMs: 250, lazy: true });
  await stage.pass(20);
  stage.player.start(builtInScenario('bad-firmware'));
  await stage.pass(25);
  const bad = ofModel(stage, MODELS.zte);
  expect(onFirmware(stage, 'V1.1.20-bad')).toEqual(bad);
  const fromMs = stage.nowMs();
  await stage.pass(600);
  const boots = bootsSince(stage, fromMs);
  for (const device of bad) {
    expect(boots.get(device)).toBeGreaterThanOrEqual(4);
    expect(boots.get(device)).toBeLessThanOrEqual(11);
  }
  for (const [device, times] of boots) if (!bad.includes(device)) expect(times).toBe(1);
  expect(stage.incidents.list()).toMatchObject([
    {
      cause: 'firmware_fault',
      labels: { model: MODELS.zte },
      attributes: { model: 'F670L', sw_version: 'V1.1.20-bad' },
      ...{ devices: bad.length, members: bad.length },
    },
  ]);
  const last = stage.heard.findLast(({ device }) => device === bad[0])!;
  expect(JSON.parse(last.body())).toMatchObject({ sw_version: 'V1.1.20-bad', model: 'F670L' });
  stage.player.stop('bad-firmware');
  const stoppedMs = stage.nowMs();
  await stage.pass(200);
  expect(onFirmware(stage, 'V1.1.20-bad')).toEqual([]);
  // One that was decided just before may still be told of.
  expect([...bootsSince(stage, stoppedMs + 21_000).values()]).toEqual([]);
});

test('canary-firmware: about 1 % of a model installs it, each with one boot and its transfer', async () => {
  const stage = createSimulatedFleet({
    devices: 3000,
    intervalSeconds: 60,
    mix: 'webhook-xml=1',
    ...{ stepMs: 500, lazy: true },
  });
  await stage.pass(60);
  const fromMs = stage.nowMs();
  stage.player.start(builtInScenario('canary-firmware'));
  await stage.pass(62);
  const canaries = onFirmware(stage, 'V5R022C00S201');
  const members = ofModel(stage, MODELS.huawei);
  expect(canaries.length / members.length).toBeGreaterThan(0.002);
  expect(canaries.length / members.length).toBeLessThan(0.025);
  for (const device of canaries) {
    const told = stage.heard.filter((one) => one.device === device && one.atMs > fromMs);
    const installs = told.filter(({ codes }) => codes.includes('7 TRANSFER COMPLETE'));
    expect(installs).toHaveLength(1);
    expect(installs[0]!.codes).toEqual(['1 BOOT', '7 TRANSFER COMPLETE', 'M Download']);
  }
  // Others boot now and then by themselves.
  expect(bootsSince(stage, fromMs).size).toBeLessThan(canaries.length + 5);
  expect(stage.incidents.list()).toMatchObject([
    {
      ...{ cause: 'firmware_change', devices: canaries.length, members: members.length },
      expected: { finding: 'none', most_notifications: 0 },
    },
  ]);
});

test('canary-firmware-bad: only those on the new firmware boot again and again', async () => {
  const stage = createSimulatedFleet({
    devices: 3000,
    intervalSeconds: 60,
    mix: 'webhook-xml=1',
    ...{ stepMs: 500, lazy: true },
  });
  await stage.pass(60);
  stage.player.start(builtInScenario('canary-firmware-bad'));
  await stage.pass(22);
  const canaries = onFirmware(stage, 'V5R022C00S299');
  const members = ofModel(stage, MODELS.huawei);
  expect(canaries.length).toBeGreaterThan(2);
  expect(canaries.length).toBeLessThan(members.length * 0.03);
  const fromMs = stage.nowMs();
  await stage.pass(400);
  const boots = bootsSince(stage, fromMs);
  for (const device of canaries) expect(boots.get(device)).toBeGreaterThanOrEqual(3);
  for (const [device, times] of boots) if (!canaries.includes(device)) expect(times).toBe(1);
  expect(stage.incidents.list()).toMatchObject([
    {
      ...{ cause: 'firmware_fault', devices: canaries.length, members: members.length },
      attributes: { sw_version: 'V5R022C00S299' },
    },
  ]);
});

test('renamed-parameters: one model names its WAN connection otherwise, and nothing else changes', async () => {
  const stage = createSimulatedFleet({ devices: 200, intervalSeconds: 10, mix: 'bulk-pairs=1' });
  await stage.pass(30);
  const pathsOf = (fromMs: number): Set<string> => {
    const renamed = ofModel(stage, MODELS.huawei);
    const paths = new Set<string>();
    for (const one of stage.heard) {
      if (one.atMs <= fromMs || !renamed.includes(one.device)) continue;
      const { Report: reports } = JSON.parse(one.body()) as { Report: object[] };
      for (const name of Object.keys(reports.at(-1)!)) paths.add(name);
    }
    return paths;
  };
  const before = pathsOf(0);
  stage.player.start(builtInScenario('renamed-parameters'));
  await stage.pass(31);
  const fromMs = stage.nowMs();
  await stage.pass(40);
  const after = pathsOf(fromMs);
  const moved = [...before].filter((path) => path.includes('WANConnectionDevice.2.'));
  expect(moved.length).toBeGreaterThan(1);
  expect(after).toEqual(
    new Set([...before].map((path) => path.replace('WANConnectionDevice.2.', 'WANConnectionDevice.4.'))),
  );
});

test('renamed-class: one model informs under a new product class', async () => {
  const stage = createSimulatedFleet({ devices: 200, intervalSeconds: 10, mix: 'cwmp=1' });
  await stage.pass(10);
  stage.player.start(builtInScenario('renamed-class'));
  await stage.pass(31);
  const fromMs = stage.nowMs();
  await stage.pass(12);
  const renamed = ofModel(stage, MODELS.tpLink);
  expect(renamed.length).toBeGreaterThan(3);
  const recent = stage.heard.filter(({ atMs }) => atMs > fromMs);
  for (const { device, body } of recent) {
    const productClass = /<ProductClass>([^<]*)</.exec(body())?.[1];
    expect(productClass === 'XX230v-V2').toBe(renamed.includes(device));
  }
});

test('crash-wave: a tenth of the fleet boots within half a minute and stays on the net', async () => {
  const stage = createSimulatedFleet({ devices: 1000, intervalSeconds: 10, stepMs: 250, lazy: true });
  await stage.pass(10);
  const fromMs = stage.nowMs();
  stage.player.start(builtInScenario('crash-wave'));
  await stage.pass(31);
  const boots = bootsSince(stage, fromMs);
  const told = stage.heard.filter(({ atMs, codes }) => atMs > fromMs && codes.includes('1 BOOT'));
  expect(boots.size / 1000).toBeGreaterThan(0.08);
  expect(boots.size / 1000).toBeLessThan(0.12);
  expect(told.length).toBeGreaterThanOrEqual(boots.size);
  expect(stage.simulation.load().cut).toBe(0);
  expect(new Set(stage.heard.filter(({ atMs }) => atMs > fromMs).map(({ device }) => device)).size).toBe(
    1000,
  );
  expect(stage.incidents.list()[0]).toMatchObject({ cause: 'crash', devices: boots.size });
});

test('factory-resets: single devices tell 0 BOOTSTRAP and 1 BOOT', async () => {
  const stage = createSimulatedFleet({ devices: 1500, intervalSeconds: 30, mix: 'cwmp=1', stepMs: 500 });
  stage.player.start(builtInScenario('factory-resets'));
  await stage.pass(95);
  const told = stage.heard.filter(({ codes }) => codes.includes('0 BOOTSTRAP'));
  expect(told.length).toBeGreaterThan(8);
  expect(told.length).toBeLessThan(35);
  expect(stage.incidents.list()[0]).toMatchObject({ cause: 'factory_reset', devices: told.length });
  for (const { codes, body } of told) {
    expect(codes).toEqual(['0 BOOTSTRAP', '1 BOOT']);
    expect(body()).toContain('<EventCode>0 BOOTSTRAP</EventCode>');
  }
});

test('cpe-swap: new boxes of the same kind report from the old lines, the old ones never again', async () => {
  const stage = createSimulatedFleet({ devices: 100, intervalSeconds: 10 });
  await stage.pass(10);
  const { fleet } = stage;
  const fromMs = stage.nowMs();
  stage.player.start(builtInScenario('cpe-swap'));
  await stage.pass(25);
  const [incident] = stage.incidents.list();
  const old = incident!.serial_numbers.map((serialNumber) => fleet.findIndex(serialNumber)!);
  expect(old).toHaveLength(5);
  expect(fleet.size).toBe(105);
  for (const [index, device] of old.entries()) {
    expect(fleet.placeOf(100 + index)).toEqual(fleet.placeOf(device));
    expect(fleet.modelOf(100 + index).access).toBe(fleet.modelOf(device).access);
  }
  const heard = new Set(stage.heard.filter(({ atMs }) => atMs > fromMs + 1000).map(({ device }) => device));
  for (const device of old) expect(heard.has(device)).toBe(false);
  for (let device = 100; device < 105; device++) expect(heard.has(device)).toBe(true);
  const lines = [...inventoryLines(fleet)].slice(1).map((line) => line.trimEnd().split(','));
  const services = lines.map((line) => line[INVENTORY_COLUMNS.indexOf('service_id')]);
  expect(lines).toHaveLength(100);
  expect(new Set(services).size).toBe(100);
});

test('cloned-serials: five boxes report under one serial number from different addresses', async () => {
  const stage = createSimulatedFleet({ devices: 60, intervalSeconds: 10 });
  await stage.pass(10);
  const fromMs = stage.nowMs();
  stage.player.start(builtInScenario('cloned-serials'));
  await stage.pass(12);
  const bySerial = new Map<string, Set<string>>();
  for (const one of stage.heard.filter(({ atMs }) => atMs > fromMs)) {
    const { sn, wan_ip: address } = JSON.parse(one.body()) as { sn: string; wan_ip: string };
    bySerial.set(sn, (bySerial.get(sn) ?? new Set()).add(address));
  }
  const several = [...bySerial.values()].filter((addresses) => addresses.size > 1);
  expect(several.map(({ size }) => size)).toEqual([5]);
  expect(stage.fleet.isClone(1)).toBe(true);
  // Nothing certain can be said of a device that shares its number.
  expect(stage.truthOf(1)).not.toHaveProperty('state');
  stage.player.stop('cloned-serials');
  const afterMs = stage.nowMs();
  await stage.pass(12);
  const names = new Set(
    stage.heard
      .filter(({ atMs }) => atMs > afterMs)
      .map((one) => (JSON.parse(one.body()) as { sn: string }).sn),
  );
  expect(names.size).toBe(60);
  // What they sent under the shared number stays with that number.
  const received = new Map<string, number>();
  for (const one of stage.heard) {
    const { sn } = JSON.parse(one.body()) as { sn: string };
    received.set(sn, (received.get(sn) ?? 0) + 1);
  }
  for (let device = 0; device < 60; device++)
    expect(stage.truthOf(device)).toMatchObject({
      acknowledged: received.get(stage.fleet.serialNumberOf(device)),
    });
});
