import { axisChanges, statusBands, troubleBands } from './status-bands.js';

const span = { from: 100, to: 200 };
const words = (bands: ReturnType<typeof statusBands>) =>
  bands.map(({ from, until, state }) => [from, until, state]);

test('changes cut the span into bands', () => {
  const changes = [
    { at: 150, from: 'online', to: 'stale' },
    { at: 160, from: 'stale', to: 'offline' },
  ];
  expect(words(statusBands(changes, { state: 'offline', since: 160 }, { span, areAll: true }))).toEqual([
    [100, 150, 'online'],
    [150, 160, 'stale'],
    [160, 200, 'offline'],
  ]);
});

test('what nobody wrote down, as that a source is silent, is what it is now since it is so', () => {
  const changes = [{ at: 120, from: 'offline', to: 'online' }];
  expect(words(statusBands(changes, { state: 'unknown', since: 180 }, { span, areAll: true }))).toEqual([
    [100, 120, 'offline'],
    [120, 180, 'online'],
    [180, 200, 'unknown'],
  ]);
});

test('before the first change that is known nothing is said when there may be more', () => {
  const changes = [{ at: 150, from: 'online', to: 'offline' }];
  expect(words(statusBands(changes, { state: 'offline', since: 150 }, { span, areAll: false }))).toEqual([
    [100, 150, null],
    [150, 200, 'offline'],
  ]);
});

test('a device that never changed is one band, and one that is new has nothing before', () => {
  expect(words(statusBands([], { state: 'online', since: 10 }, { span, areAll: true }))).toEqual([
    [100, 200, 'online'],
  ]);
  expect(words(statusBands([], { state: 'ok', since: null }, { span, areAll: true }))).toEqual([
    [100, 200, 'ok'],
  ]);
  expect(words(statusBands([], { state: 'online', since: 140 }, { span, areAll: true }))).toEqual([
    [100, 140, null],
    [140, 200, 'online'],
  ]);
});

test('a change outside the span only says how it was in it', () => {
  const changes = [
    { at: 50, from: 'online', to: 'stale' },
    { at: 90, from: 'stale', to: 'online' },
  ];
  expect(words(statusBands(changes, { state: 'online', since: 90 }, { span, areAll: true }))).toEqual([
    [100, 200, 'online'],
  ]);
});

test('of a timeline only the rows of the axis count, and those that cannot be read do not', () => {
  const at = '1970-01-01T00:00:00.150Z';
  expect(
    axisChanges(
      [
        { type: 'health', at, data: { from: 'ok', to: 'critical' } },
        { type: 'reachability', at, data: { from: 'online', to: 'stale' } },
        { type: 'reachability', at, data: null },
      ],
      'reachability',
    ),
  ).toEqual([{ at: 150, from: 'online', to: 'stale' }]);
});

test('both axes in one tell what was wrong, and nothing of what was well', () => {
  const reachability = [
    { from: 0, until: 50, state: 'online' },
    { from: 50, until: 80, state: 'offline' },
    { from: 80, until: 100, state: 'online' },
  ];
  const health = [
    { from: 0, until: 20, state: 'ok' },
    { from: 20, until: 90, state: 'critical' },
    { from: 90, until: 100, state: 'ok' },
  ];
  expect(words(troubleBands(reachability, health))).toEqual([
    [20, 50, 'critical'],
    [50, 80, 'offline'],
    [80, 90, 'critical'],
  ]);
});

test('before it was heard for the first time it was nothing', () => {
  const changes = [{ at: 180, from: 'online', to: 'offline' }];
  const known = { span, areAll: true, firstAt: 160 };
  expect(words(statusBands(changes, { state: 'offline', since: 180 }, known))).toEqual([
    [100, 160, null],
    [160, 180, 'online'],
    [180, 200, 'offline'],
  ]);
});
