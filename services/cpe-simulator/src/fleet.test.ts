import { USUAL_PLAN } from './fleet-plan.js';
import { createFleet, type FleetSettings } from './fleet.js';
import { BUILT_IN_MODELS } from './models/built-in-models.js';

const SETTINGS: FleetSettings = {
  devices: 2000,
  intervalSeconds: 60,
  intervalSpread: 0,
  mix: [
    { way: 'webhook', weight: 0.25 },
    { way: 'heartbeat', weight: 0.75 },
  ],
  plan: { ...USUAL_PLAN, models: BUILT_IN_MODELS },
  seed: 1,
  serialPrefix: 'SIM-',
};
const NOW = Date.parse('2026-11-21T11:32:00.000Z');

const describeAll = (settings: FleetSettings): unknown[] => {
  const fleet = createFleet(settings);
  return Array.from({ length: fleet.size }, (_, device) => [
    fleet.serialNumberOf(device),
    fleet.intervalMs[device],
    fleet.nextReportMs(device, NOW),
    fleet.wayOf(device),
    fleet.modelOf(device).model,
    fleet.softwareVersionOf(device),
    fleet.wanAddressOf(device),
  ]);
};

describe('a fleet', () => {
  it('is the same for the same seed and another for another', () => {
    const settings = { ...SETTINGS, intervalSpread: 0.2 };
    expect(describeAll(settings)).toEqual(describeAll(settings));
    expect(describeAll(settings)).not.toEqual(describeAll({ ...settings, seed: 2 }));
  });

  it('keeps its devices as they are when it grows', () => {
    expect(describeAll({ ...SETTINGS, devices: 3000 }).slice(0, 2000)).toEqual(describeAll(SETTINGS));
  });

  it('finds a device by its serial number and no other', () => {
    const fleet = createFleet(SETTINGS);
    expect(fleet.serialNumberOf(0)).toBe('SIM-00000001');
    expect(fleet.findIndex('SIM-00002000')).toBe(1999);
    for (const other of ['SIM-00002001', 'SIM-00000000', 'SIM-1', 'SIM-0000000x', 'X-00000001', '', 'SIM-']) {
      expect(fleet.findIndex(other)).toBeUndefined();
    }
  });

  it('spreads its reports evenly over the interval', () => {
    const fleet = createFleet(SETTINGS);
    const perSecond = new Array<number>(60).fill(0);
    for (let device = 0; device < fleet.size; device++) {
      const second = Math.floor((fleet.nextReportMs(device, NOW) - NOW - 1) / 1000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    expect(Math.min(...perSecond)).toBeGreaterThan(10);
    expect(Math.max(...perSecond)).toBeLessThan(65);
  });

  it('keeps each device in its rhythm, whenever it is asked', () => {
    const fleet = createFleet({ ...SETTINGS, intervalSpread: 0.3 });
    for (const device of [0, 17, 1999]) {
      const interval = fleet.intervalMs[device] as number;
      const first = fleet.nextReportMs(device, NOW);
      expect(first).toBeGreaterThan(NOW);
      expect(first).toBeLessThanOrEqual(NOW + interval);
      expect(fleet.nextReportMs(device, first)).toBe(first + interval);
      expect(fleet.nextReportMs(device, first + 9.5 * interval)).toBe(first + 10 * interval);
      expect(interval % 1000).toBe(0);
      expect(interval).toBeGreaterThanOrEqual(42_000);
      expect(interval).toBeLessThanOrEqual(78_000);
    }
  });

  it('has the share of devices behind an ACS that was asked for, and several vendors', () => {
    const fleet = createFleet(SETTINGS);
    const devices = [...fleet.silence.keys()];
    const share = devices.filter((device) => fleet.wayOf(device) === 'webhook').length / fleet.size;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
    expect(new Set(devices.map((device) => fleet.modelOf(device).name)).size).toBe(BUILT_IN_MODELS.length);
    expect(new Set(devices.map((device) => fleet.wanAddressOf(device))).size).toBe(fleet.size);
  });
});
