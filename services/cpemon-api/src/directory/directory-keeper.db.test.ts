import type { Change } from '@cpemon/store';
import { createLogger } from '@cpemon/service-kit';
import { addDevices } from '../../../../tests/support/add-devices.js';
import { eventually } from '../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import type { FeedStep } from '../stream/feed-reader.js';
import { createDirectoryKeeper, type DirectoryKeeper } from './directory-keeper.js';

let database: TestDatabase;
let keeper: DirectoryKeeper;
let tell: (step: FeedStep) => void;
let looks: number;

beforeEach(async () => {
  database = await createTestDatabase();
  await addDevices(
    database.pool,
    [1, 2, 3].map((id) => ({ id, sn: `SN${id}` })),
  );
  looks = 0;
  keeper = createDirectoryKeeper(
    (work) => {
      looks += 1;
      return work(database.pool);
    },
    createLogger({ service: 'test', level: 'silent' }),
    {
      follow(onStep) {
        tell = onStep;
        return () => undefined;
      },
    },
    // Everything is read once; whatever changes after that is told.
    {
      ...{ patienceMs: 10_000, lookEveryMs: 20, idleMs: 3_600_000, settledMs: 0 },
      ...{ sweepEveryMs: 3_600_000, sweepPerDeviceMs: 0 },
    },
  );
});
afterEach(async () => {
  keeper.stop();
  await database.drop();
});

const erased = (deviceId: number): Change => ({
  ...{ lane: 1, position: 1, madeAt: 0, deviceId, at: 0, kind: 'erased', news: true },
  ...{ labelSetId: null, data: {} },
});

test('an erased device is in the directory no more from the moment at which that is told', async () => {
  const directory = (await keeper.use())!;
  expect(directory.keysBetween(0, 100)).toEqual([1, 2, 3]);
  for (const table of ['device_state', 'devices'])
    await database.pool.query(`DELETE FROM ${table} WHERE device_id = 2`);
  tell({ changes: [erased(2)], before: new Map(), positions: new Map(), lost: false });
  expect(directory.keysBetween(0, 100)).toEqual([1, 3]);
  const before = looks;
  await eventually('it has looked again', () => Promise.resolve(looks >= before + 4));
  expect(directory.keysBetween(0, 100)).toEqual([1, 3]);
});
