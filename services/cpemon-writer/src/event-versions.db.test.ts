import type { RowDataPacket } from 'mysql2/promise';
import { breakingChanges, EVENT_SCHEMAS, type JsonSchema } from '@cpemon/contracts';
import {
  DEFAULT_REACHABILITY_SETTINGS,
  laneOf,
  type CpeEvent,
  type EventType,
  type EventVersions,
  type ReadAs,
} from '@cpemon/domain';
import {
  createMySqlAppender,
  listDeadLetters,
  listParked,
  readLogStats,
  startMySqlConsumer,
  STATE_GROUP,
} from '@cpemon/event-log';
import { eventually } from '../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/test-database.js';
import { createDeviceApplier } from './device-applier.js';

/**
 * A type that exists in this file only. Its first version tells the uptime in minutes, the second in seconds by our name:
 * a reader of the first would take no value from the second.
 */
const V1 = 'cpemon.uptime.v1';
const V2 = 'cpemon.uptime.v2';
const DEVICES = Array.from({ length: 32 }, (_, n) => `SN${n}`);
const ALL_AT = (value: number) => Object.fromEntries(DEVICES.map((device) => [device, value]));

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const asHeartbeat = ({ data, ...event }: CpeEvent, uptimeSeconds: number): CpeEvent => ({
  ...{ ...event, type: 'cpemon.heartbeat.v1' },
  data: { ...data, interval_seconds: 3600, metrics: { uptime_seconds: uptimeSeconds } },
});
const readV1: ReadAs = (event) => asHeartbeat(event, Number(event.data.extra?.['uptime_minutes']) * 60);
const readV2: ReadAs = (event) => asHeartbeat(event, event.data.metrics!['uptime_seconds']!);
const OLD: EventVersions = new Map([[V1, readV1]]);
const NEW: EventVersions = new Map([...OLD, [V2, readV2]]);

/** An event as a sender of either version tells it. */
const sent = {
  [V1]: (subject: string, id: string, minutes: number) =>
    eventOf(V1, subject, id, { extra: { uptime_minutes: minutes } }),
  [V2]: (subject: string, id: string, minutes: number) =>
    eventOf(V2, subject, id, { metrics: { uptime_seconds: minutes * 60 } }),
};

function eventOf(type: string, subject: string, id: string, data: CpeEvent['data']): CpeEvent {
  return { id: `${subject}-${id}`, source: '/telemetry', type: type as EventType, subject, data };
}

async function startWriterOf(member: string, versions: EventVersions) {
  const applier = createDeviceApplier({
    ...{ read: (work) => work(database.pool), settings: DEFAULT_REACHABILITY_SETTINGS },
    ...{ cachedDevices: 1000, cachedBytes: 1e8, versions },
  });
  const address = await database.login('writer');
  return startMySqlConsumer({ address, group: STATE_GROUP, member, version: '0', applier });
}

const stats = async () => (await readLogStats(database.pool, STATE_GROUP)).lanes;
const lanesOf = async (member: string) =>
  (await stats()).filter(({ owner }) => owner === member).map(({ lane }) => lane);
const idle = async () => (await stats()).every(({ lagEvents }) => lagEvents === 0);

async function column(name: 'applied_events' | 'duplicate_events' | 'uptime_seconds') {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    `SELECT serial_number, ${name} AS value FROM v_devices`,
  );
  return Object.fromEntries(rows.map((row) => [row['serial_number'] as string, Number(row['value'])]));
}

test('a type moves to a second version while old and new senders and writers run: nothing lost, doubled or out of order', async () => {
  const appender = await createMySqlAppender({ address: database.address, producer: 'test' });
  const append = (make: (device: string, n: number) => CpeEvent) =>
    appender.append(DEVICES.map(make), 'telemetry');
  const old = await startWriterOf('old', OLD);
  const fresh = await startWriterOf('new', NEW);
  await eventually('each owns half', async () => (await lanesOf('old')).length === 8);
  await eventually('each owns half', async () => (await lanesOf('new')).length === 8);
  const oldLanes = await lanesOf('old');
  const isOfOld = (device: string) => oldLanes.includes(laneOf(device, 16));

  await append((device) => sent[V1](device, 'a', 1));
  // Half of the senders have moved; each device has one of either kind in turn.
  await append((device, n) => sent[n % 2 === 0 ? V1 : V2](device, 'b', 2));
  await append((device, n) => sent[n % 2 === 0 ? V2 : V1](device, 'c', 3));
  // The answer was lost, and the sender has moved before it sends again.
  await append((device, n) => sent[n % 2 === 0 ? V2 : V1](device, 'b', 2));
  await append((device) => sent[V1](device, 'd', 4));
  await eventually('every event is passed', idle);

  const parked = await listParked(database.pool, STATE_GROUP, {}, { limit: 100 });
  expect(parked.map(({ device }) => device).sort()).toEqual(DEVICES.filter(isOfOld).sort());
  for (const one of parked) expect(one).toMatchObject({ reason: 'unknown_type', attempts: 0 });
  expect(await column('uptime_seconds')).toEqual(
    Object.fromEntries(
      DEVICES.map((device, n) => [device, isOfOld(device) ? (n % 2 === 0 ? 120 : 60) : 240]),
    ),
  );

  await old.stop();
  await eventually('the new writer has applied what waited', async () =>
    (await stats()).every(({ parkedEvents }) => parkedEvents === 0),
  );
  expect(await column('uptime_seconds')).toEqual(ALL_AT(240));
  expect(await column('applied_events')).toEqual(ALL_AT(5));
  expect(await column('duplicate_events')).toEqual(ALL_AT(1));
  expect(await listDeadLetters(database.pool, STATE_GROUP, {}, { limit: 10 })).toEqual([]);

  // All senders have moved.
  await append((device) => sent[V2](device, 'e', 5));
  await eventually('every event is passed', idle);
  expect(await column('uptime_seconds')).toEqual(ALL_AT(300));
  await Promise.all([fresh.stop(), appender.close()]);
}, 40_000);

test('the check of schemas would not have let the second version pass for the first', () => {
  const { properties, ...envelope } = EVENT_SCHEMAS['cpemon.heartbeat.v1'];
  const schemaOf = (data: Record<string, JsonSchema>): JsonSchema => ({
    ...envelope,
    properties: { ...properties, data: { type: 'object', properties: data, required: Object.keys(data) } },
  });
  const before = schemaOf({ uptime_minutes: { type: 'number' } });
  const after = schemaOf({ uptime_seconds: { type: 'number' } });
  expect(breakingChanges(before, after).map(({ at }) => at)).toEqual([
    ...['data.uptime_seconds', 'data.uptime_minutes', 'data.uptime_minutes'],
  ]);
});
