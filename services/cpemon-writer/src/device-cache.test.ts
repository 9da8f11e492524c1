import { newDeviceRecord } from '@cpemon/domain';
import { createDeviceCache, type DeviceCache, type DeviceUse } from './device-cache.js';
import { cachedDevice } from './lane-memory.js';

const device = (serialNumber: string, deviceId: number) => {
  const record = newDeviceRecord({ serialNumber, oui: '', productClass: '' }, 0);
  record.deviceId = deviceId;
  return cachedDevice({ record, swVersion: null, manufacturer: null, model: null });
};

const filled = (devices: number): DeviceCache => {
  const cache = createDeviceCache();
  const use = cache.beginUse();
  for (let n = 1; n <= devices; n += 1) use.put(`SN${n}`, [device(`SN${n}`, n)]);
  use.done();
  return cache;
};
const applied = (use: DeviceUse, serialNumber: string) => use.bySerial(serialNumber)?.[0]?.record.applied;

test('a device at rest is given out as it was, found by its serial number and by its key', () => {
  const cache = filled(3);
  const use = cache.beginUse();
  const [found] = use.bySerial('SN2') ?? [];
  expect(found).toEqual(device('SN2', 2));
  expect(use.byId(2)).toBe(found);
  expect(use.byId(3)).toEqual(device('SN3', 3));
  expect(use.bySerial('SN4')).toBeUndefined();
  expect(use.byId(4)).toBeUndefined();
});

test('batches that overlap see one device, which rests when the last of them is committed', () => {
  const cache = filled(1);
  const first = cache.beginUse();
  first.bySerial('SN1')![0]!.record.applied = 1;
  const second = cache.beginUse();
  expect(applied(second, 'SN1')).toBe(1);
  expect(second.byId(1)).toBe(first.byId(1));
  second.byId(1)!.record.applied = 2;
  expect(cache.silenceAtRest(1)).toBeUndefined();
  first.done();
  expect(cache.silenceAtRest(1)).toBeUndefined();
  const third = cache.beginUse();
  expect(applied(third, 'SN1')).toBe(2);
  third.done();
  second.done();
  expect(cache.silenceAtRest(1)).toMatchObject({ quietUntil: -Infinity, wheelBucket: Infinity });
  expect(applied(cache.beginUse(), 'SN1')).toBe(2);
});

test('what was asked for lately stays, the rest goes when there is no room, and all the room is used', () => {
  const cache = filled(100);
  cache.trim(99, Infinity);
  const use = cache.beginUse();
  for (let n = 2; n <= 51; n += 1) use.bySerial(`SN${n}`);
  use.done();
  cache.trim(60, Infinity);
  expect(cache.size()).toBe(60);
  const after = cache.beginUse();
  for (let n = 2; n <= 51; n += 1) expect(after.byId(n)).toBeDefined();
});

test('a device that a batch works with stays, whatever the room', () => {
  const cache = filled(20);
  const use = cache.beginUse();
  const changed = use.byId(7)!;
  cache.trim(0, 0);
  expect(cache.size()).toBe(1);
  expect(cache.beginUse().bySerial('SN7')).toEqual([changed]);
});

test('a serial number that the database does not have is known to be new as long as a batch works with it', () => {
  const cache = createDeviceCache();
  const use = cache.beginUse();
  expect(use.bySerial('SN1')).toBeUndefined();
  use.put('SN1', []);
  expect(use.bySerial('SN1')).toEqual([]);
  expect(cache.size()).toBe(1);
  use.done();
  expect(cache.size()).toBe(0);
  expect(cache.beginUse().bySerial('SN1')).toBeUndefined();
});

test('a new device is found by the key it got although the next batch works with it, one without a key is forgotten', () => {
  const cache = createDeviceCache();
  const first = cache.beginUse();
  const [added, refused] = [device('SN1', 0), device('SN1', 0)];
  first.put('SN1', []);
  first.bySerial('SN1')!.push(added, refused);
  const second = cache.beginUse();
  second.bySerial('SN1');
  added.record.deviceId = 5;
  first.done();
  first.identify('SN1');
  expect(cache.beginUse().byId(5)).toBe(added);
  second.done();
  expect(cache.size()).toBe(1);
});

test('devices that share a serial number rest and wake together', () => {
  const cache = createDeviceCache();
  const use = cache.beginUse();
  use.put('SN1', [device('SN1', 1), device('SN1', 2)]);
  use.done();
  cache.setWheelBucketAtRest(2, 77);
  const after = cache.beginUse();
  expect(after.byId(2)).toBe(after.bySerial('SN1')?.[1]);
  expect(after.bySerial('SN1')?.map(({ wheelBucket }) => wheelBucket)).toEqual([Infinity, 77]);
  expect(() => after.put('SN1', [])).toThrow(/SN1/);
});

test('devices that were taken out are found no more by any batch, and one that comes after them is another', () => {
  const cache = filled(3);
  const before = cache.beginUse();
  before.bySerial('SN2');
  const use = cache.beginUse();
  use.bySerial('SN2')!.length = 0;
  use.forget('SN2');
  const after = cache.beginUse();
  expect(after.byId(2)).toBeUndefined();
  expect(after.bySerial('SN2')).toEqual([]);
  before.done();
  use.done();
  after.bySerial('SN2')!.push(device('SN2', 9));
  after.identify('SN2');
  after.done();
  const last = cache.beginUse();
  expect(last.byId(2)).toBeUndefined();
  expect(last.byId(9)).toBe(last.bySerial('SN2')![0]);
  expect(cache.silenceAtRest(2)).toBeUndefined();
  last.done();
  expect(cache.size()).toBe(3);
});

test('of devices that share a serial number one is taken out, and the other rests as before', () => {
  const cache = createDeviceCache();
  const first = cache.beginUse();
  first.put('SN1', [device('SN1', 1), device('SN1', 2)]);
  first.done();
  const use = cache.beginUse();
  use.bySerial('SN1')!.shift();
  use.forget('SN1');
  use.done();
  expect(cache.silenceAtRest(2)).toBeDefined();
  const after = cache.beginUse();
  expect([after.byId(1), after.byId(2)?.record.deviceId]).toEqual([undefined, 2]);
});

test('a serial number of which nothing is left takes no room', () => {
  const cache = filled(2);
  const use = cache.beginUse();
  use.bySerial('SN1')!.length = 0;
  use.forget('SN1');
  use.done();
  expect(cache.size()).toBe(1);
  expect(cache.beginUse().bySerial('SN1')).toBeUndefined();
});
