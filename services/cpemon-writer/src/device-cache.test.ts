import { newDeviceRecord } from '@cpemon/domain';
import { createDeviceCache } from './device-cache.js';
import { cachedDevice } from './lane-memory.js';

const device = (serialNumber: string, deviceId: number) => {
  const record = newDeviceRecord({ serialNumber, oui: '', productClass: '' }, 0);
  record.deviceId = deviceId;
  return cachedDevice({ record, manufacturer: null, model: null });
};

test('what was asked for lately stays, the rest goes when there is no room', () => {
  const cache = createDeviceCache();
  for (let n = 1; n <= 100; n += 1) cache.put(`SN${n}`, [device(`SN${n}`, n)]);
  cache.trim(100);
  expect(cache.bySerial('SN7')?.[0]?.record.deviceId).toBe(7);
  for (let n = 101; n <= 150; n += 1) cache.put(`SN${n}`, [device(`SN${n}`, n)]);
  cache.trim(100);
  expect(cache.bySerial('SN7')).toBeDefined();
  expect(cache.byId(7)).toBe(cache.bySerial('SN7')?.[0]);
  expect(cache.bySerial('SN8')).toBeUndefined();
  expect(cache.byId(8)).toBeUndefined();
  expect(cache.size()).toBe(51);
});

test('a device with changes that are not committed stays, whatever the room', () => {
  const cache = createDeviceCache();
  const changed = device('SN1', 1);
  changed.uncommitted = 1;
  cache.put('SN1', [changed]);
  for (let round = 0; round < 5; round += 1) {
    for (let n = 0; n < 20; n += 1) cache.put(`R${round}-${n}`, []);
    cache.trim(10);
    expect(cache.byId(1)).toBe(changed);
  }
  expect(cache.bySerial('SN1')).toEqual([changed]);
});

test('a serial number that the database does not have is known to be new', () => {
  const cache = createDeviceCache();
  expect(cache.bySerial('SN1')).toBeUndefined();
  cache.put('SN1', []);
  expect(cache.bySerial('SN1')).toEqual([]);
});
