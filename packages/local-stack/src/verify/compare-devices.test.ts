import { createDeviceComparison, type DeviceTruth, type StoredDevice } from './compare-devices.js';

const TIME = '2026-11-21T12:00:00.000Z';
const truth = (more: Partial<DeviceTruth> = {}): DeviceTruth => ({
  ...{ sn: 'SIM-1', sent: 5, acknowledged: 5, in_doubt: 0, last_acknowledged_ts: TIME, last_sent_ts: TIME },
  ...more,
});
const stored = (more: Partial<StoredDevice> = {}): StoredDevice => ({
  ...{ serialNumber: 'SIM-1', applied: 5, duplicates: 0, late: 0, devices: 1 },
  ...{ swVersion: 'V1', wanIp: '100.64.0.1', deviceTimeMs: Date.parse(TIME) },
  ...more,
});
const compare = (
  ...pair: [DeviceTruth, StoredDevice | undefined]
): ReturnType<typeof createDeviceComparison> => {
  const comparison = createDeviceComparison();
  comparison.add(...pair);
  return comparison;
};

describe('a comparison of sender and database', () => {
  it('agrees when all that was acknowledged is applied, and takes what is in doubt either way', () => {
    expect(compare(truth(), stored()).differences).toEqual([]);
    const doubtful = truth({ sent: 6, in_doubt: 1 });
    expect(compare(doubtful, stored()).differences).toEqual([]);
    expect(compare(doubtful, stored({ applied: 6 })).differences).toEqual([]);
  });

  it('finds what is missing and what is there too often', () => {
    const missing = compare(truth(), stored({ applied: 3 }));
    expect(missing.totals).toMatchObject({ missing: 2, doubled: 0 });
    expect(missing.differences[0]).toMatchObject({ kind: 'missing', serialNumber: 'SIM-1' });
    expect(compare(truth(), undefined).totals.missing).toBe(5);
    expect(compare(truth({ sent: 6, in_doubt: 1 }), stored({ applied: 7 })).totals.doubled).toBe(1);
  });

  it('finds values in force that are not those sent last', () => {
    const state = { sw_version: 'V1', wan_ip: '100.64.0.1', device_time: TIME };
    expect(compare(truth({ state }), stored()).differences).toEqual([]);
    const other = compare(truth({ state }), stored({ swVersion: 'V0', deviceTimeMs: 1 }));
    expect(other.totals.state_differences).toBe(2);
    const later = '2026-11-21T12:01:00.000Z';
    const doubtful = truth({ state, in_doubt: 1, last_sent_ts: later });
    expect(compare(doubtful, stored({ deviceTimeMs: Date.parse(later) })).differences).toEqual([]);
  });
});
