import { devicePath, devicesPath, movedAddress, routeOf, withQuery } from './url-state.js';

test.each([
  ['/', { screen: 'fleet' }],
  ['/devices', { screen: 'devices' }],
  ['/devices/', { screen: 'devices' }],
  ['/devices/A%2F1', { screen: 'device', id: 'A/1' }],
  ['/devices/%', { screen: 'device', id: '%' }],
  ['/alerts', { screen: 'alerts', id: null }],
  ['/alerts/7', { screen: 'alerts', id: '7' }],
  ['/operations', { screen: 'operations', part: '' }],
  ['/operations/dead-letters/5', { screen: 'operations', part: 'dead-letters/5' }],
  ['/login', { screen: 'login' }],
  ['/devices/a/b', { screen: 'none' }],
  ['/no', { screen: 'none' }],
])('%s', (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

test('a device is found again by its address, whatever its serial number is made of', () => {
  for (const id of ['A/1', 'ä?#&', '<b>', '%41'])
    expect(routeOf(devicePath(id))).toEqual({ screen: 'device', id });
});

test('filters that are empty are not in the address', () => {
  expect(devicesPath({ q: 'a b', status: '', model: undefined })).toBe('/devices?q=a+b');
  expect(withQuery('/devices', new URLSearchParams('q=a&cursor=x'), { q: 'b', cursor: '' })).toBe(
    '/devices?q=b',
  );
});

test('addresses of the first page lead on', () => {
  expect(movedAddress('/admin', new URLSearchParams('sn=A%2F1'))).toBe('/devices/A%2F1');
  expect(movedAddress('/admin', new URLSearchParams())).toBe('/');
  expect(movedAddress('/devices', new URLSearchParams('sn=A'))).toBeNull();
});
