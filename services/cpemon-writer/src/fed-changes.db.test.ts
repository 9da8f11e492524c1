import {
  STATE_GROUP,
  askRebuild,
  listRebuilds,
  readLogStats,
  startMySqlConsumer,
  type LogConsumer,
} from '@cpemon/event-log';
import { DEFAULT_REACHABILITY_SETTINGS, laneOf, type CpeEvent } from '@cpemon/domain';
import { readChanges, type Change } from '@cpemon/store';
import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { writeLog, type DatedEvent } from '../../../tests/support/write-log.js';
import { createDeviceApplier } from './device-applier.js';

const MINUTE = 60_000;
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 300 * MINUTE;
const LANES = 16;

let database: TestDatabase;
let consumer: LogConsumer | undefined;
let sent = 0;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query("INSERT INTO intake_paths VALUES ('heartbeat', ?)", [
    new Date(Date.now() + 3_600_000),
  ]);
  // Nobody is silent as a whole: deadlines are decided.
  await database.pool.query('UPDATE source_watch SET decided_until = ?', [new Date(Date.now() + 3_600_000)]);
});
afterEach(async () => {
  await consumer?.stop();
  await database.drop();
});

function heartbeat(subject: string, minute: number, fields: CpeEvent['data'] = {}): DatedEvent {
  sent += 1;
  const event: CpeEvent = {
    ...{ id: `e${sent}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject },
    data: { interval_seconds: 60, ...fields },
  };
  return { event, receivedAt: START + minute * MINUTE };
}

async function start(): Promise<void> {
  const applier = createDeviceApplier({
    read: (work) => work(database.pool),
    ...{ settings: DEFAULT_REACHABILITY_SETTINGS, cachedDevices: 1000, cachedBytes: 10_000_000 },
  });
  consumer = await startMySqlConsumer({
    ...{
      address: await database.login('writer'),
      group: STATE_GROUP,
      member: 'w1',
      version: 'test',
      applier,
    },
    leaseMs: 2000,
  });
}

const applied = () =>
  eventually(
    'the log is applied',
    async () =>
      (await readLogStats(database.pool, STATE_GROUP)).lanes.every(
        ({ lagEvents, watermark }) => lagEvents === 0 && (watermark ?? 0) > Date.now() - 5000,
      ),
    30_000,
  );
const changes = async (after: ReadonlyMap<number, number> = new Map()): Promise<Change[]> =>
  (await readChanges(database.pool, after, 1000)).changes;
const told = (rows: readonly Change[]): unknown[] =>
  rows.map(({ lane, position, kind, data, at, news }) => [
    ...[lane, position, kind, data['to'] ?? null, (at - START) / MINUTE, news],
  ]);

test('a lane tells what changes, with the true times; a rebuild tells it again, and that it is no news', async () => {
  const lane = laneOf('SN1', LANES);
  await writeLog(database.pool, [
    heartbeat('SN1', 0, { attributes: { sw_version: 'V1' } }),
    heartbeat('SN1', 1, { attributes: { sw_version: 'V2' } }),
    heartbeat('SN1', 30),
  ]);
  await start();
  await applied();
  await eventually(
    'it has gone offline',
    async () => (await changes()).filter(({ data }) => data['to'] === 'offline').length === 2,
  );
  const of = (rows: readonly Change[]) =>
    rows.filter(({ kind }) => kind === 'reachability' || kind === 'firmware');
  const first = of(await changes());
  const positions = first.map(({ position }) => position);
  const expected: unknown[][] = [
    ['reachability', 'stale', 3],
    ['reachability', 'offline', 7],
    ['reachability', 'online', 30],
    ['firmware', 'V2', 1],
    ['reachability', 'stale', 32],
    ['reachability', 'offline', 36],
  ];
  expect(told(first)).toEqual(expected.map((row, n) => [lane, positions[n], ...row, true]));
  const [[state]] = await database.pool.query<RowDataPacket[]>('SELECT device_id FROM device_state');
  expect(new Set(first.map(({ deviceId }) => deviceId))).toEqual(new Set([state!['device_id']]));

  const after = (await readChanges(database.pool, new Map(), 1000)).positions;
  await askRebuild(database.pool, { group: STATE_GROUP, lanes: [lane], reason: 'a test', actor: 'tester' });
  await eventually('it is rebuilt', async () =>
    (await listRebuilds(database.pool, STATE_GROUP)).every(({ state: each }) => each === 'done'),
  );
  await applied();
  await eventually('it is offline again', async () => of(await changes(after)).length >= first.length);
  const again = of(await changes(after));
  expect(again.map(({ news }) => news)).toEqual(first.map(() => false));
  expect(again.map(({ kind, at }) => [kind, at]).sort()).toEqual(
    first.map(({ kind, at }) => [kind, at]).sort(),
  );
}, 60_000);
