import { matchFormerKeys, type FormerKey } from './rebuilt-device-ids.js';

const key = (deviceId: number, firstSeenAt: number, oui = '', productClass = ''): FormerKey => ({
  ...{ deviceId, serialNumber: 'SN', oui, productClass, firstSeenAt },
});
const device = (firstSeenAt: number, oui = '', productClass = '', serialNumber = 'SN') => ({
  ...{ serialNumber, oui, productClass, record: { firstSeenAt } },
});

test('a device that is known by less than before its rebuild takes the key of its first event', () => {
  const short = device(10);
  expect([...matchFormerKeys([short], [key(7, 10, '00259E', 'EG')]).values()]).toEqual([7]);
});

test('devices of one serial number are told apart by their first events, then by their identities', () => {
  const devices = [device(10), device(20, '00259E', 'A'), device(20, '0026ED', 'B')];
  const former = [key(1, 20, '0026ED', 'B'), key(2, 20, '00259E', 'A'), key(3, 10)];
  const taken = matchFormerKeys(devices, former);
  expect(devices.map((one) => taken.get(one))).toEqual([3, 2, 1]);
});

test('a device whose first event has changed takes the key of its identity, and one that is new takes none', () => {
  const moved = device(11, '00259E', 'A');
  const other = device(10, '', '', 'OTHER');
  const another = device(99, '0026ED', 'B');
  const taken = matchFormerKeys([moved, other, another], [key(5, 10, '00259E', 'A')]);
  expect([taken.get(moved), taken.get(other), taken.get(another)]).toEqual([5, undefined, undefined]);
});
