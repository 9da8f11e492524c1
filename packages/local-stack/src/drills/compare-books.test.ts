import type { StoredDevice } from '../verify/compare-devices.js';
import { compareBooks } from './compare-books.js';

const truth = (sn: string, acknowledged: number, sent = acknowledged, inDoubt = 0) => ({
  ...{ sn, sent, acknowledged, in_doubt: inDoubt },
  last_acknowledged_ts: null,
  last_sent_ts: null,
});
const stored = (applied: Record<string, number>) =>
  new Map(
    Object.entries(applied).map(([serialNumber, count]): [string, StoredDevice] => [
      serialNumber,
      {
        ...{ serialNumber, applied: count, duplicates: 0, late: 0, devices: 1 },
        ...{ swVersion: null, wanIp: null, deviceTimeMs: null },
      },
    ]),
  );

test('what came after the moment may be missing, what came before it may not', () => {
  const before = new Map([
    ['A', 3],
    ['B', 5],
  ]);
  expect(compareBooks(before, [truth('A', 7), truth('B', 6)], stored({ A: 4, B: 4 }))).toEqual({
    ...{ before: 1, after: 4, doubled: 0, acknowledgedBefore: 8, acknowledged: 13 },
    examples: ['B: 5 acknowledged before, 4 there'],
  });
});

test('a device that is not there at all lost everything, and one that has too much was doubled', () => {
  const losses = compareBooks(new Map([['A', 2]]), [truth('A', 3), truth('B', 1, 2, 1)], stored({ B: 3 }));
  expect(losses).toMatchObject({ before: 2, after: 1, doubled: 1 });
});

test('an event in doubt may be there or not', () => {
  for (const applied of [2, 3])
    expect(compareBooks(new Map(), [truth('A', 2, 3, 1)], stored({ A: applied }))).toMatchObject({
      ...{ before: 0, after: 0, doubled: 0 },
    });
});
