import {
  cellWords,
  countCells,
  fillOf,
  orderDevices,
  orderGroups,
  type DeviceCell,
  type GroupCell,
} from './heat-cell.js';
import { defaultGrid, readWithin, writeWithin } from './heat-choice.js';
import { layOutHeat } from './heat-layout.js';

const device = (serialNumber: string, facts: Partial<DeviceCell> = {}): DeviceCell => ({
  kind: 'device',
  id: 1,
  serialNumber,
  reachability: 'online',
  health: 'ok',
  reason: '',
  group: '',
  ...facts,
});
const group = (value: string | null, counts: Partial<GroupCell['counts']>): GroupCell => {
  const all = { online: 0, stale: 0, offline: 0, unknown: 0, ...counts };
  return {
    ...{ kind: 'group', label: 'olt', value, counts: all },
    devices: all.online + all.stale + all.offline + all.unknown,
  };
};

test.each([1, 7, 500, 10_000])('each of %d cells has a place of its own, and is found at it', (count) => {
  const layout = layOutHeat(count, { width: 900, heightWanted: 340 });
  for (let index = 0; index < count; index += 1) {
    const { x, y } = layout.cornerOf(index);
    expect(x + layout.pitch).toBeLessThanOrEqual(900);
    expect(y + layout.pitch).toBeLessThanOrEqual(layout.height);
    if (layout.cellAt(x + 1, y + 1) !== index) throw new Error(`cell ${index}`);
  }
});

test('cells are as large as fits, and never too small to point at', () => {
  expect(layOutHeat(20, { width: 900, heightWanted: 340 }).pitch).toBe(26);
  const full = layOutHeat(10_000, { width: 300, heightWanted: 340 });
  expect(full.pitch).toBe(6);
  expect(full.height).toBeGreaterThan(340);
});

test('beside the cells there is none', () => {
  const layout = layOutHeat(6, { width: 26 * 5, heightWanted: 340 });
  expect(layout.cellAt(26, 27)).toBeNull();
  expect(layout.cellAt(-1, 1)).toBeNull();
  expect(layout.cellAt(26 * 5, 1)).toBeNull();
  expect(layout.cellAt(1, 26 * 3)).toBeNull();
});

test('arrow keys reach every cell and stay inside', () => {
  const layout = layOutHeat(12, { width: 26 * 5, heightWanted: 340 });
  expect(layout.neighbour(0, 'left')).toBe(0);
  expect(layout.neighbour(0, 'down')).toBe(5);
  expect(layout.neighbour(11, 'up')).toBe(6);
  expect(layout.neighbour(11, 'right')).toBe(11);
  expect(layout.neighbour(9, 'down')).toBe(9);
});

test('one device that is missing among thousands can be seen', () => {
  const fill = fillOf(group('a', { online: 9_999, offline: 1 }));
  expect(fill).toEqual([
    { status: 'offline', share: 0.15 },
    { status: 'online', share: 0.85 },
  ]);
  const shares = fillOf(group('a', { stale: 1, offline: 9_999, unknown: 1 })).map(({ share }) => share);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  expect(fillOf(group('a', {}))).toEqual([{ status: 'unknown', share: 1 }]);
});

test('a device has one status: whether it is heard comes before how it is', () => {
  const status = (reachability: string, health: string) =>
    fillOf(device('A', { reachability, health }))[0]?.status;
  expect(status('offline', 'critical')).toBe('offline');
  expect(status('online', 'critical')).toBe('degraded');
  expect(status('online', 'unknown')).toBe('online');
  expect(status('something new', 'ok')).toBe('unknown');
});

test('devices stand beside their neighbours, in the order of the numbers in their names', () => {
  const { cells, starts } = orderDevices([
    device('B', { group: 'pon 10' }),
    device('A10', { group: 'pon 2' }),
    device('A9', { group: 'pon 2' }),
  ]);
  expect(cells.map(({ serialNumber }) => serialNumber)).toEqual(['A9', 'A10', 'B']);
  expect(starts).toEqual([2]);
  expect(orderGroups([group(null, {}), group('10', {}), group('2', {})]).map(({ value }) => value)).toEqual([
    '2',
    '10',
    null,
  ]);
});

test('a cell says in words what it shows', () => {
  expect(cellWords(device('A', { reachability: 'offline', reason: 'silent', group: 'pon 1' }))).toEqual({
    title: 'A',
    words: 'offline: silent, pon 1',
  });
  expect(cellWords(group('north', { online: 8, offline: 2 })).words).toBe(
    '10 devices, 2 offline, 20 % missing',
  );
  expect(cellWords(group(null, { online: 1 }))).toEqual({
    title: 'without olt',
    words: '1 devices, all online',
  });
  expect(countCells([device('A'), group('x', { online: 3, offline: 1 })])).toEqual([
    { status: 'offline', count: 1 },
    { status: 'online', count: 4 },
  ]);
});

test('a fleet too large for a square a device is divided by a label that it has', () => {
  expect(defaultGrid(undefined, ['olt'], 10_000)).toBeNull();
  expect(defaultGrid(10_000, ['olt'], 10_000)).toBe('devices');
  expect(defaultGrid(10_001, ['region', 'olt', 'model'], 10_000)).toBe('olt');
  expect(defaultGrid(10_001, ['tier'], 10_000)).toBe('devices');
});

test('a value of a label survives the address', () => {
  const within = { label: 'pon', value: 'olt-1:1/2' };
  expect(readWithin(writeWithin(within))).toEqual(within);
  for (const text of [null, '', 'north', ':x', 'region:', 'Region:x', '<b>:x'])
    expect(readWithin(text)).toBeNull();
});
