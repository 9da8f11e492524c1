import type { Change } from '../../data/figures.js';
import { changeMark, changeWords } from './change-words.js';
import { changeOf, curveRange } from './trend.js';

const change = (kind: string, data: Record<string, unknown>): Change => ({
  ...{ kind, data, device_id: 1, serial_number: 'A', model: null, labels: {}, news: true },
  ...{ at: '2026-11-22T03:00:00.000Z', made_at: '2026-11-22T03:00:00.000Z' },
});

test.each([
  ['reachability', { from: 'online', to: 'offline', reason: 'silent' }, 'is offline (was online)', 'offline'],
  ['health', { from: 'ok', to: 'critical', reason: 'low light' }, 'is critical: low light', 'critical'],
  [
    'condition',
    { state: 'opened', severity: 'critical', rule: 'optics-low', text: 'low light' },
    'low light',
    'critical',
  ],
  [
    'condition',
    { state: 'closed', severity: 'critical', rule: 'optics-low', text: 'low light' },
    'no longer low light',
    'ok',
  ],
  ['boot', { cause: 'power_or_crash' }, 'started (power or crash)', null],
  ['firmware', { from: '1.0', to: '1.1' }, 'has firmware 1.1, had 1.0', null],
  ['reboot_loop', {}, 'reboot loop', null],
  ['something_new', { any: { thing: 1 } }, 'something new', null],
])('%s is told in words', (kind, data, words, mark) => {
  expect([changeWords(change(kind, data)), changeMark(change(kind, data))]).toEqual([words, mark]);
});

test('a trend is told once it has lasted a minute, from the first that was seen', () => {
  const points = [
    { at: 0, value: 10 },
    { at: 90_000, value: 12 },
  ];
  expect(changeOf(points, 13)).toEqual({ by: 3, overMs: 90_000 });
  expect(changeOf(points.slice(0, 1), 13)).toBeNull();
  expect(changeOf([], 13)).toBeNull();
  expect(changeOf(points, undefined)).toBeNull();
});

test('ten of a million are seen in a curve, and no change is no curve', () => {
  expect(
    curveRange([
      { at: 0, value: 1_000_000 },
      { at: 1, value: 999_990 },
    ]),
  ).toEqual({
    lowest: 999_988,
    highest: 1_000_002,
  });
  expect(curveRange([{ at: 0, value: 0 }])).toEqual({ lowest: 0, highest: 2 });
  expect(curveRange([])).toEqual({ lowest: 0, highest: 1 });
});
