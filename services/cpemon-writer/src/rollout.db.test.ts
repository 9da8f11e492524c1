import { DEFAULT_REACHABILITY_SETTINGS, laneOf, type CpeEvent, type EventType } from '@cpemon/domain';
import {
  createMySqlAppender,
  listDeadLetters,
  listParked,
  readLogStats,
  startMySqlConsumer,
  STATE_GROUP,
  type LaneApplier,
} from '@cpemon/event-log';
import { createLogger } from '@cpemon/service-kit';
import { formatDatabaseUrl } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2/promise';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { readConfig } from './config.js';
import { createDeviceApplier } from './device-applier.js';
import { startWriter } from './writer.js';

const NEW_TYPE: EventType = 'cpemon.acs-event.v1';
const DEVICES = Array.from({ length: 32 }, (_, n) => `SN${n}`);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** The applier of a build in which a type of event is missing: it refuses them as it refuses every unknown type. */
function lacking(applier: LaneApplier, type: EventType): LaneApplier {
  return {
    openLane: (lane) => applier.openLane(lane),
    closeLane: (lane) => applier.closeLane(lane),
    prepare: (batches) =>
      applier.prepare(
        batches.map((batch) => {
          const events = [...batch.events];
          const unknown = events.filter(({ event }) => event.type === type);
          const cause = `type ${type} is not known to this version`;
          const refusals = unknown.map(
            ({ sequence }) => [sequence, { reason: 'unknown_type', cause }] as const,
          );
          return { ...batch, events, refusals: new Map([...batch.refusals, ...refusals]) };
        }),
      ),
  };
}

async function startOldWriter() {
  const applier = createDeviceApplier({
    read: (work) => work(database.pool),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    cachedDevices: 1000,
    cachedBytes: 1e8,
  });
  return startMySqlConsumer({
    ...{ address: await database.login('writer'), group: STATE_GROUP, member: 'old', version: '0.0.9' },
    applier: lacking(applier, NEW_TYPE),
  });
}

async function startNewWriter() {
  const config = readConfig({
    ...{ DATABASE_URL: formatDatabaseUrl(await database.login('writer')), OPS_PORT: '0', INSTANCE_ID: 'new' },
  });
  const logger = createLogger({ service: 'cpemon-writer', level: 'silent' });
  return startWriter(config, { logger, signal: new AbortController().signal });
}

const event = (subject: string, n: number, type: EventType): CpeEvent => ({
  ...{ id: `${subject}-${n}`, source: '/heartbeat', type, subject },
  data: { interval_seconds: 60, metrics: { uptime_seconds: n } },
});

const lanesOf = async (member: string): Promise<number[]> =>
  (await readLogStats(database.pool, STATE_GROUP)).lanes
    .filter(({ owner }) => owner === member)
    .map(({ lane }) => lane);

const uptimes = async (): Promise<Record<string, [applied: number, uptime: number]>> => {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    'SELECT serial_number, applied_events, uptime_seconds FROM v_devices',
  );
  return Object.fromEntries(
    rows.map((row) => [
      row['serial_number'] as string,
      [Number(row['applied_events']), Number(row['uptime_seconds'])],
    ]),
  );
};

test('in a rollout, events of a type that the old writers do not know wait without attempts for the new ones, in order', async () => {
  const appender = await createMySqlAppender({ address: database.address, producer: 'test' });
  const old = await startOldWriter();
  const fresh = await startNewWriter();
  await eventually('each owns half', async () => (await lanesOf('old')).length === 8);
  await eventually('each owns half', async () => (await lanesOf('new')).length === 8);
  const oldLanes = await lanesOf('old');
  const ofOld = DEVICES.filter((device) => oldLanes.includes(laneOf(device, 16)));

  for (const [index, type] of (['cpemon.heartbeat.v1', NEW_TYPE, 'cpemon.heartbeat.v1'] as const).entries()) {
    await appender.append(
      DEVICES.map((device) => event(device, index + 1, type)),
      'heartbeat',
    );
  }
  await eventually('every event is passed', async () =>
    (await readLogStats(database.pool, STATE_GROUP)).lanes.every(({ lagEvents }) => lagEvents === 0),
  );
  expect(await uptimes()).toEqual(
    Object.fromEntries(DEVICES.map((device) => [device, ofOld.includes(device) ? [1, 1] : [3, 3]])),
  );
  const parked = await listParked(database.pool, STATE_GROUP, {}, { limit: 100 });
  expect(parked.map(({ device }) => device).sort()).toEqual([...ofOld].sort());
  for (const one of parked) expect(one).toMatchObject({ reason: 'unknown_type', attempts: 0, behind: 1 });

  await old.stop();
  await eventually('the new writer applied what waited', async () =>
    (await readLogStats(database.pool, STATE_GROUP)).lanes.every(({ parkedEvents }) => parkedEvents === 0),
  );
  expect(await uptimes()).toEqual(Object.fromEntries(DEVICES.map((device) => [device, [3, 3]])));
  expect(await listDeadLetters(database.pool, STATE_GROUP, {}, { limit: 10 })).toEqual([]);
  await Promise.all([fresh.stop(), appender.close()]);
}, 30_000);
