import fc from 'fast-check';
import type { IntakeMoment } from '@cpemon/domain';
import { createDeviceDirectory, type DeviceSort, type DirectoryQuestion } from './device-directory.js';
import type { DirectoryEntry } from './directory-entry.js';
import type { DeviceFilter } from './device-filter.js';

const INTAKE: IntakeMoment = { at: 1_000_000, acceptedAt: new Map() };

const entry = (
  deviceId: number,
  more: Partial<DirectoryEntry['row']> = {},
  names: string[] = [],
): DirectoryEntry => ({
  row: {
    ...{ deviceId, serialNumber: `SN-${deviceId}`, oui: '', productClass: '', model: null, firmware: null },
    ...{
      wanIp: null,
      source: '/heartbeat',
      reachability: 'online',
      since: deviceId,
      adminState: 'in_service',
    },
    ...{ labelSetId: 0, health: 'ok' },
    ...more,
  },
  names: { open: [], personal: names },
});

const question = (
  filter: Partial<DeviceFilter>,
  { sort = 'first_seen', ...more }: Partial<DirectoryQuestion> & { sort?: DeviceSort } = {},
): DirectoryQuestion => ({
  ...{ filter: { labels: {}, ...filter }, sort, after: null, limit: 1000, intake: INTAKE, personal: true },
  ...more,
});

function filled(entries: readonly DirectoryEntry[]) {
  const directory = createDeviceDirectory();
  for (const each of entries) directory.put(each);
  const find = async (...given: Parameters<typeof question>): Promise<number[]> =>
    (await directory.find(question(...given))).map(({ deviceId }) => deviceId);
  return { directory, find };
}

test('any part of any name finds the device, whatever other devices are called', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[0-9A-F]{6,16}$/), { minLength: 1, maxLength: 300 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 8 }),
      async (serialNumbers, which, from, length) => {
        const { find } = filled(serialNumbers.map((serialNumber, n) => entry(n * 7 + 1, { serialNumber })));
        const name = serialNumbers[which % serialNumbers.length]!;
        const piece = name.slice(from % name.length, (from % name.length) + length).toLowerCase();
        const having = serialNumbers.flatMap((each, n) =>
          each.toLowerCase().includes(piece) ? [n * 7 + 1] : [],
        );
        expect(await find({ text: piece })).toEqual(having);
        expect(await find({ text: piece }, { sort: '-first_seen' })).toEqual([...having].reverse());
      },
    ),
    { numRuns: 100 },
  );
});

test('keys may come in any order, with holes, and again', async () => {
  const { directory, find } = filled([9000, 3, 70, 1, 64, 63].map((deviceId) => entry(deviceId)));
  expect(await find({})).toEqual([1, 3, 63, 64, 70, 9000]);
  directory.put(entry(64, { reachability: 'offline', serialNumber: 'OTHER' }));
  directory.remove(70);
  directory.remove(5);
  expect([await find({}), directory.size()]).toEqual([[1, 3, 63, 64, 9000], 5]);
  expect([
    await find({ text: 'sn-64' }),
    await find({ text: 'other' }),
    await find({ text: 'sn-70' }),
  ]).toEqual([[], [64], []]);
  expect(await find({ reachabilities: ['offline'] })).toEqual([64]);
  expect(directory.keysBetween(3, 64)).toEqual([3, 63]);
});

test('nothing is found across two names, or across two devices', async () => {
  const { find } = filled([
    entry(1, { serialNumber: 'AAAA', wanIp: '10.0.0.1' }, ['00259EA1B2C3']),
    entry(2, { serialNumber: 'BBBB' }),
  ]);
  expect(await find({ text: 'aaaa10' })).toEqual([]);
  expect(await find({ text: 'a10' })).toEqual([]);
  expect(await find({ text: '100259' })).toEqual([]);
  expect(await find({ text: 'c3bb' })).toEqual([]);
});

test('what is data of persons is found only by those who may see it', async () => {
  const { find } = filled([entry(1, { wanIp: '203.0.113.7' }, ['00259EA1B2C3'])]);
  for (const text of ['113.7', '00:25:9e:a1', 'a1b2c3']) {
    expect([text, await find({ text }), await find({ text }, { personal: false })]).toEqual([text, [1], []]);
  }
  expect(await find({ text: 'sn-1' }, { personal: false })).toEqual([1]);
});

test('of devices whose path is down nothing is known', async () => {
  const { find } = filled([
    entry(1),
    entry(2, { source: '/webhook' }),
    entry(3, { reachability: 'offline' }),
  ]);
  const intake: IntakeMoment = { at: 1_000_000, acceptedAt: new Map([['heartbeat', 1] as const]) };
  expect(await find({ statuses: ['online'] }, { intake })).toEqual([2]);
  expect(await find({ statuses: ['unknown'] }, { intake })).toEqual([1]);
  expect(await find({ statuses: ['offline'] }, { intake })).toEqual([3]);
});

test('pages by time go on where the last one ended, also among equal times', async () => {
  const { directory } = filled(
    [5, 1, 9, 2].map((deviceId) => entry(deviceId, { since: deviceId > 4 ? 7 : 3 })),
  );
  for (const [sort, order] of [
    ['since', [1, 2, 5, 9]],
    ['-since', [9, 5, 2, 1]],
  ] as const) {
    const found: number[] = [];
    for (let after: DirectoryQuestion['after'] = null; ;) {
      const [end] = await directory.find(question({}, { sort, after, limit: 1 }));
      if (end === undefined) break;
      found.push(end.deviceId);
      after = end;
    }
    expect(found).toEqual(order);
  }
});

test('counts what fits by state and by label, and names the worst of a group', async () => {
  const { directory } = filled([
    entry(1, { model: 'X', labelSetId: 1 }),
    entry(2, { model: 'X', reachability: 'offline', labelSetId: 1 }),
    entry(3, { model: 'Y', health: 'critical', labelSetId: 1 }),
    entry(64, { model: 'X', health: 'degraded' }),
    entry(700, { model: 'X', reachability: 'offline' }),
  ]);
  directory.addLabels(1, [['pon', 'p1']]);
  const everything = { labels: {} };
  const tally = await directory.tally({ labels: { pon: 'p1' } }, INTAKE);
  expect([tally.online, tally.offline.ok]).toEqual([{ unknown: 0, ok: 1, degraded: 0, critical: 1 }, 1]);
  const byModel = await directory.tallyBy(everything, { label: 'model', intake: INTAKE });
  expect([byModel.get('X')!.offline.ok, byModel.get('Y')!.online.critical]).toEqual([2, 1]);
  const groups = await directory.tallyGroups(
    [
      { label: 'pon', value: 'p1' },
      { label: 'model', value: 'X' },
      { label: 'pon', value: 'nowhere' },
    ],
    { within: everything, intake: INTAKE, most: 2 },
  );
  expect(groups.map(({ worst }) => worst)).toEqual([[2, 3], [700, 2], []]);
});

test('of some devices those that fit are named', () => {
  const { directory } = filled([entry(1), entry(2, { reachability: 'offline' }), entry(3, {}, ['00259EA1'])]);
  const among = (filter: Partial<DeviceFilter>, personal = true) =>
    directory.among({ filter: { labels: {}, ...filter }, intake: INTAKE, personal }, [3, 2, 1, 99]);
  expect(among({})).toEqual([3, 2, 1]);
  expect(among({ reachabilities: ['online'] })).toEqual([3, 1]);
  expect(among({ text: '259ea' })).toEqual([3]);
  expect(among({ text: '259ea' }, false)).toEqual([]);
  expect(among({ text: 'sn-2' }, false)).toEqual([2]);
});
