import { connect, type SingleConnection } from '@cpemon/database';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { addChanges, readChanges, readFeedHeads, type NewChange } from './change-feed.js';
import { pruneChangeFeed } from './change-feed-retention.js';

let database: TestDatabase;
let connections: SingleConnection[];

beforeEach(async () => {
  database = await createTestDatabase();
  connections = [];
});
afterEach(async () => {
  await Promise.all(connections.map((connection) => connection.end()));
  await database.drop();
});

async function open(): Promise<SingleConnection> {
  const connection = await connect(database.address, { lockWaitSeconds: 5 });
  connections.push(connection);
  return connection;
}

const AT = Date.UTC(2026, 10, 21, 12);
const change = (lane: number, deviceId: number, at = AT): NewChange => ({
  ...{ lane, deviceId, at, kind: 'reachability', labelSetId: 7 },
  data: { from: 'online', to: 'offline' },
});

async function write(connection: SingleConnection, changes: NewChange[]): Promise<void> {
  await connection.query('START TRANSACTION');
  await addChanges(connection, changes);
  await connection.query('COMMIT');
}

test('positions are a sequence of each lane, and what is read once is not read again', async () => {
  const writer = await open();
  await write(writer, [change(3, 1), change(5, 2), change(3, 3)]);
  const first = await readChanges(database.pool, new Map(), 100);
  expect(first.changes.map(({ lane, position, deviceId }) => [lane, position, deviceId])).toEqual([
    [3, 1, 1],
    [3, 2, 3],
    [5, 1, 2],
  ]);
  expect(first.changes[0]).toMatchObject({ at: AT, kind: 'reachability', news: true, labelSetId: 7 });
  expect(first).toMatchObject({ lost: [], more: false });
  await write(writer, [change(3, 4)]);
  const second = await readChanges(database.pool, first.positions, 100);
  expect(second.changes.map(({ lane, position }) => [lane, position])).toEqual([[3, 3]]);
  expect((await readChanges(database.pool, second.positions, 100)).changes).toEqual([]);
});

test('a transaction that is rolled back leaves no hole', async () => {
  const writer = await open();
  await write(writer, [change(3, 1)]);
  await writer.query('START TRANSACTION');
  await addChanges(writer, [change(3, 2)]);
  await writer.query('ROLLBACK');
  await write(writer, [change(3, 3)]);
  const { changes, lost } = await readChanges(database.pool, new Map([[3, 1]]), 100);
  expect(changes.map(({ position, deviceId }) => [position, deviceId])).toEqual([[2, 3]]);
  expect(lost).toEqual([]);
});

test('a reader beside several writers sees every change once and in order', async () => {
  const writers = await Promise.all([open(), open(), open()]);
  const written = 60;
  const writing = Promise.all(
    writers.map(async (writer, index) => {
      for (let n = 1; n <= written; n += 1) await write(writer, [change(index, n), change(index, n)]);
    }),
  ).then(() => 'done');
  const seen = new Map<number, number[]>();
  let positions = new Map<number, number>();
  for (let state: unknown; ;) {
    state = await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 2))]);
    const read = await readChanges(database.pool, positions, 50);
    expect(read.lost).toEqual([]);
    for (const { lane, deviceId } of read.changes) seen.set(lane, [...(seen.get(lane) ?? []), deviceId]);
    positions = read.positions;
    if (state === 'done' && read.changes.length === 0) break;
  }
  const expected = Array.from({ length: written }, (_, n) => [n + 1, n + 1]).flat();
  expect([...seen.keys()].sort()).toEqual([0, 1, 2]);
  for (const devices of seen.values()) expect(devices).toEqual(expected);
});

test('a busy lane takes only its share of what is read at once', async () => {
  const writer = await open();
  await write(writer, [...Array.from({ length: 50 }, (_, n) => change(1, n + 1)), change(2, 99)]);
  const read = await readChanges(database.pool, new Map(), 20);
  expect(read.changes.filter(({ lane }) => lane === 1)).toHaveLength(10);
  expect(read.changes.filter(({ lane }) => lane === 2)).toHaveLength(1);
  expect(read.more).toBe(true);
});

test('what a rebuild makes again is no news; what happens meanwhile is', async () => {
  const writer = await open();
  await database.pool.query(
    `INSERT INTO log_rebuilds (grp, generation, lane, state, reason, asked_by, asked_at)
     VALUES ('state', 1, 3, 'applying', 'a test', 'tester', ?)`,
    [new Date(AT)],
  );
  await write(writer, [change(3, 1, AT - 1000), change(3, 2, AT + 1000), change(4, 3, AT - 1000)]);
  const { changes } = await readChanges(database.pool, new Map(), 100);
  expect(changes.map(({ deviceId, news }) => [deviceId, news])).toEqual([
    [1, false],
    [2, true],
    [3, true],
  ]);
});

test('old changes go in bounded steps, and who had not read them is told', async () => {
  const writer = await open();
  await write(
    writer,
    Array.from({ length: 30 }, (_, n) => change(3, n + 1)),
  );
  await database.pool.query(
    'UPDATE change_feed SET made_at = made_at - INTERVAL 30 HOUR WHERE position <= 12',
  );
  const steps: number[] = [];
  const connection = await open();
  const hands = {
    connection,
    transact: async <T>(work: (transaction: SingleConnection) => Promise<T>): Promise<T> => {
      steps.push(1);
      return work(connection);
    },
  };
  expect(await pruneChangeFeed(hands, { hours: 24, rowsALane: 1000 }, 5)).toBe(12);
  expect(steps).toHaveLength(3);
  const behind = await readChanges(database.pool, new Map([[3, 4]]), 100);
  expect(behind.lost).toEqual([3]);
  expect(behind.changes[0]?.position).toBe(13);
  expect((await readChanges(database.pool, new Map([[3, 12]]), 100)).lost).toEqual([]);

  expect(await pruneChangeFeed(hands, { hours: 24, rowsALane: 10 }, 5)).toBe(8);
  await database.pool.query('DELETE FROM change_feed');
  const gone = await readChanges(database.pool, new Map([[3, 25]]), 100);
  expect(gone).toMatchObject({ changes: [], lost: [3] });
  expect(gone.positions).toEqual(await readFeedHeads(database.pool));
});
