import { newDeviceRecord, newSourceRecord, type DeviceRecord } from './device-record.js';
import { conflictsOf, findingsOfNewDevice } from './identity-findings.js';

function device(
  productClass: string,
  firstSeenAt: number,
  wanIp?: string,
  serialNumber = 'SN1',
): DeviceRecord {
  const record = newDeviceRecord({ serialNumber, oui: '00259E', productClass }, firstSeenAt);
  record.lastSeenAt = firstSeenAt;
  const stamp = { orderAt: 1, deviceTime: null, rankAt: 1, sequence: 1 };
  const attributes = wanIp === undefined ? {} : { wan_ip: wanIp };
  record.sources.push({ ...newSourceRecord('/cwmp'), reports: [{ ...stamp, attributes, metrics: {} }] });
  return record;
}

test('a new class under the same OUI and serial number is a proposed merge', () => {
  const [old, added] = [device('HG8245', 100), device('EG8145V5', 200)];
  expect(findingsOfNewDevice(added, [old, added], 200)).toMatchObject([
    { kind: 'merge', device: old, other: added, at: 200 },
  ]);
  expect(conflictsOf(added, [old, added], 300)).toEqual([]);
});

test('the old one reporting again from another address, or an unknown one, is a conflict; at the same address not', () => {
  const added = device('EG8145V5', 200, '192.0.2.2');
  const again = (wanIp?: string) => {
    const old = device('HG8245', 100, wanIp);
    old.lastSeenAt = 300;
    return conflictsOf(old, [old, added], 300);
  };
  expect(again('192.0.2.1')).toMatchObject([
    { kind: 'conflict', data: { addresses: ['192.0.2.1', '192.0.2.2'] } },
  ]);
  expect(again()).toHaveLength(1);
  expect(again('192.0.2.2')).toEqual([]);
});

test('a late word of the old one from before the new one is no conflict', () => {
  const [old, added] = [device('HG8245', 100), device('EG8145V5', 200)];
  old.lastSeenAt = 150;
  expect(conflictsOf(old, [old, added], 300)).toEqual([]);
});

test('a placeholder for a serial number is shown once a device, and never proposed for a merge', () => {
  const [old, added] = [
    device('HG8245', 100, '192.0.2.1', '99999999'),
    device('EG8145V5', 200, '192.0.2.2', '99999999'),
  ];
  expect(findingsOfNewDevice(added, [old, added], 200)).toMatchObject([
    { kind: 'placeholder', device: added, other: null },
  ]);
  old.lastSeenAt = 300;
  expect(conflictsOf(old, [old, added], 300)).toEqual([]);
});

test('a sender that knows only a serial number of several devices is shown', () => {
  const [one, two] = [device('A', 100), device('B', 100)];
  const own = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, 300);
  expect(findingsOfNewDevice(own, [one, two, own], 300)).toMatchObject([{ kind: 'ambiguous', device: own }]);
  expect(findingsOfNewDevice(own, [own], 300)).toEqual([]);
});
