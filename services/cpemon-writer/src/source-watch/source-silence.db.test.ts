import type { RowDataPacket } from 'mysql2/promise';
import { DEFAULT_REACHABILITY_SETTINGS, DEFAULT_SILENCE_SETTINGS, type CpeEvent } from '@cpemon/domain';
import { STATE_GROUP, type LaneBatch, type LoggedEvent } from '@cpemon/event-log';
import { claimJob, transactUnderLease } from '@cpemon/store';
import { connect, type SingleConnection } from '@cpemon/database';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createDeviceApplier, type DeviceApplier } from '../device-applier.js';
import { decideSilences, nothingHeard, type HeardLately } from './decide-silences.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const LANES = [0, 1].map((lane) => ({ generation: 1, lane }));
const DEVICES = 40;

let database: TestDatabase;
let decider: SingleConnection;
let applier: DeviceApplier;
let heard: HeardLately;
let sequence: number;
/** The monotonic clock of the intake watch: what it knows is old at each batch. */
let now: number;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    "INSERT INTO intake_paths VALUES ('heartbeat', ?), ('webhook', ?), ('telemetry', ?)",
    Array(3).fill(new Date(NOON + 86_400_000)),
  );
  for (const { generation, lane } of LANES) {
    await database.pool.query(
      `INSERT INTO log_offsets (grp, generation, lane, applied_seq) VALUES (?, ?, ?, 0)
       ON DUPLICATE KEY UPDATE applied_seq = 0`,
      [STATE_GROUP, generation, lane],
    );
  }
  await database.pool.query('DELETE FROM log_offsets WHERE generation = 1 AND lane > 1');
  decider = await connect(await database.login('writer'), { lockWaitSeconds: 2 });
  [heard, sequence, now] = [nothingHeard(), 0, 0];
  applier = await newApplier();
});
afterEach(async () => {
  decider.destroy();
  await database.drop();
});

async function newApplier(): Promise<DeviceApplier> {
  const made = createDeviceApplier({
    read: (work) => work(database.pool),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    ...{ cachedDevices: 1000, cachedBytes: 1e9 },
    monotonicMs: () => (now += 1100),
  });
  for (const lane of LANES) await made.openLane(lane);
  return made;
}

const relayed = (n: number, seconds: number, source = '/webhook', model?: string): LoggedEvent => {
  sequence += 1;
  const event: CpeEvent = {
    ...{ id: `e${sequence}`, source, type: 'cpemon.acs-event.v1', subject: `SN${n}` },
    data: { interval_seconds: 60, ...(model === undefined ? {} : { attributes: { model } }) },
  };
  return { sequence, receivedAt: NOON + seconds * 1000, event };
};

/** Applies what devices report in a stretch of ten seconds, and moves the watermark to its end. */
async function apply(seconds: number, reports: LoggedEvent[], lanes = LANES): Promise<void> {
  const watermark = NOON + (seconds + 10) * 1000;
  const batches = lanes.map((lane): LaneBatch => ({
    ...{ ...lane, mode: 'live', watermark, attemptAt: watermark },
    ...{ parked: new Set<string>(), refusals: new Map() },
    events: reports.filter(({ event }) => Number(event.subject.slice(2)) % 2 === lane.lane),
  }));
  const prepared = await applier.prepare(batches);
  const transaction = await database.pool.getConnection();
  await transaction.query('START TRANSACTION');
  await prepared.write(transaction);
  await transaction.query('UPDATE log_offsets SET watermark = ? WHERE lane IN (?)', [
    new Date(watermark),
    lanes.map(({ lane }) => lane),
  ]);
  await transaction.query('COMMIT');
  transaction.release();
  prepared.committed();
}

async function decide() {
  const lease = {
    ...{ job: 'source-watch', owner: 'test', leaseMs: 60_000, epoch: 1 },
  };
  await claimJob(decider, { ...lease, schedule: { everyMinutes: 1, atMinute: 0 } });
  return decideSilences(
    decider,
    (work) => transactUnderLease(decider, lease, work),
    heard,
    DEFAULT_SILENCE_SETTINGS,
  );
}

/** Runs the fleet: each device reports once a minute by each source that speaks then. */
async function run(from: number, to: number, speaks: (n: number, seconds: number) => string[]) {
  for (let seconds = from; seconds < to; seconds += 10) {
    const reports: LoggedEvent[] = [];
    for (let n = 0; n < DEVICES; n += 1) {
      if (n % 6 !== (seconds / 10) % 6) continue;
      for (const source of speaks(n, seconds)) reports.push(relayed(n, seconds + (n % 10), source));
    }
    await apply(seconds, reports);
    await decide();
  }
}

const rows = async (sql: string) => (await database.pool.query<RowDataPacket[]>(sql))[0];
const transitions = async () =>
  (
    await rows(
      `SELECT d.serial_number AS serial, e.at, e.data FROM device_events e JOIN devices d USING (device_id)
        WHERE e.kind = 'reachability' ORDER BY e.at, serial`,
    )
  ).map(({ serial, at, data }) => {
    const { to } = (typeof data === 'string' ? JSON.parse(data) : data) as { to: string };
    return `${serial} ${to} ${((at as Date).getTime() - NOON) / 1000}`;
  });

test('when a webhook dies for half an hour no device turns offline, and when it is back all are online', async () => {
  const silent = (seconds: number) => seconds >= 1200 && seconds < 3000;
  await run(0, 3600, (_n, seconds) => (silent(seconds) ? [] : ['/webhook']));
  expect(await transitions()).toEqual([]);
  const [silence] = await rows('SELECT * FROM source_silences');
  expect(silence).toMatchObject({ kind: 'source', name: '/webhook', device_count: DEVICES });
  const started = ((silence!['started_at'] as Date).getTime() - NOON) / 1000;
  expect(started).toBeGreaterThanOrEqual(1190);
  expect(started).toBeLessThan(1200);
  expect(((silence!['ended_at'] as Date).getTime() - NOON) / 1000).toBe(3000);
  expect(
    await rows('SELECT reachability, devices FROM fleet_counts WHERE devices <> 0 AND lane = 0'),
  ).toEqual([{ reachability: 'online', devices: DEVICES / 2 }]);
}, 120_000);

test('a device that did not come back with its source is offline, by the time in which the source spoke', async () => {
  const silent = (seconds: number) => seconds >= 1200 && seconds < 1800;
  await run(0, 4000, (n, seconds) => (silent(seconds) || (n === 7 && seconds >= 1200) ? [] : ['/webhook']));
  // One interval and the length of the silence (601 s) from its end.
  expect(await transitions()).toEqual(['SN7 stale 2461', 'SN7 offline 2701']);
}, 120_000);

test('devices that another source shows are judged by that', async () => {
  const silent = (seconds: number) => seconds >= 1200;
  await run(0, 2400, (n, seconds) => [
    ...(silent(seconds) ? [] : ['/webhook']),
    ...(n < 10 && !(n === 3 && seconds >= 1200) ? ['/heartbeat'] : []),
  ]);
  const silences = await rows('SELECT name, ended_at FROM source_silences');
  expect(silences).toEqual([{ name: '/webhook', ended_at: null }]);
  // Nothing is known of SN3: its webhook is dead, its own heartbeats may be the sender's fault.
  expect(await transitions()).toEqual([]);
}, 120_000);

test('a tenth of a fleet that is switched off is offline, and its source is not silent', async () => {
  await run(0, 2400, (n, seconds) => (n < 4 && seconds >= 1200 ? [] : ['/webhook']));
  expect(await rows('SELECT * FROM source_silences')).toEqual([]);
  expect((await transitions()).filter((row) => row.includes('offline'))).toHaveLength(4);
}, 120_000);

test('deadlines wait until it is decided who is silent, however long nobody decides', async () => {
  await run(0, 900, () => ['/webhook']);
  for (let seconds = 900; seconds < 2700; seconds += 10) await apply(seconds, []);
  expect(await transitions()).toEqual([]);
  await decide();
  await apply(2700, []);
  expect(await transitions()).toEqual([]);
  expect(await rows('SELECT name FROM source_silences WHERE ended_at IS NULL')).toEqual([
    { name: '/webhook' },
  ]);
}, 120_000);

test('a lane that nobody applies keeps no other from being judged, nor a source from being silent', async () => {
  const [, second] = LANES;
  // Devices of even number live in the first lane; four of them die, and then their webhook.
  const speaks = (n: number, seconds: number) => seconds < 1800 && !(n < 8 && seconds >= 900);
  await run(0, 900, () => ['/webhook']);
  for (let seconds = 900; seconds < 3000; seconds += 10) {
    const reports = Array.from({ length: DEVICES / 2 }, (_, n) => n * 2)
      .filter((n) => n % 6 === (seconds / 10) % 6 && speaks(n, seconds))
      .map((n) => relayed(n, seconds + (n % 10)));
    await apply(seconds, reports, [LANES[0]!]);
    await decide();
  }
  expect((await transitions()).filter((row) => row.includes('offline'))).toHaveLength(4);
  expect(await rows('SELECT name FROM source_silences WHERE ended_at IS NULL')).toEqual([
    { name: '/webhook' },
  ]);
  // The lane goes on, with what it had not applied: its devices had reported.
  for (let seconds = 900; seconds < 3000; seconds += 10) {
    const reports = Array.from({ length: DEVICES / 2 }, (_, n) => n * 2 + 1)
      .filter((n) => n % 6 === (seconds / 10) % 6 && seconds < 1800)
      .map((n) => relayed(n, seconds + (n % 10)));
    await apply(seconds, reports, [second!]);
    await decide();
  }
  expect((await transitions()).filter((row) => row.includes('offline'))).toHaveLength(4);
}, 120_000);

test('a webhook that dies again and again is silent each time', async () => {
  const silent = (seconds: number) => seconds >= 1200 && seconds % 900 < 450;
  await run(0, 5400, (_n, seconds) => (silent(seconds) ? [] : ['/webhook']));
  expect(await transitions()).toEqual([]);
  expect(await rows('SELECT name FROM source_silences')).toHaveLength(5);
}, 120_000);

test('while nobody accepts no source is silent, and what was usual before is so after it', async () => {
  const accepted = (seconds: number) =>
    database.pool.query("UPDATE intake_paths SET accepted_at = ? WHERE path = 'webhook'", [
      new Date(NOON + seconds * 1000),
    ]);
  await run(0, 1200, () => ['/webhook']);
  await accepted(1200);
  await run(1200, 1800, () => []);
  expect(await rows('SELECT * FROM source_silences')).toEqual([]);
  await database.pool.query("INSERT INTO intake_gaps VALUES ('webhook', ?, ?)", [
    new Date(NOON + 1_200_000),
    new Date(NOON + 1_800_000),
  ]);
  await accepted(86_400);
  await run(1800, 3000, () => ['/webhook']);
  await run(3000, 3600, () => []);
  expect(await transitions()).toEqual([]);
  const [silence, ...others] = await rows('SELECT started_at FROM source_silences');
  expect(others).toEqual([]);
  expect(((silence!['started_at'] as Date).getTime() - NOON) / 1000).toBeGreaterThan(2990);
}, 120_000);

test.each([
  ['told once', 60],
  ['learnt', 600],
])(
  'when an ACS stretches the interval of a model (%s), none of its devices turns offline',
  async (_how, learns) => {
    const isStretched = (n: number) => n % 2 === 0;
    for (let seconds = 0; seconds < 4200; seconds += 10) {
      const reports: LoggedEvent[] = [];
      for (let n = 0; n < DEVICES; n += 1) {
        const every = isStretched(n) && seconds >= 1200 ? 1800 : 60;
        const due = (seconds - (n % 6) * 10) % every === (every === 60 ? 0 : 1200 % 1800);
        if (!due) continue;
        const report = relayed(n, seconds + (n % 10), '/webhook', isStretched(n) ? 'STRETCHED' : 'OTHER');
        // Only of the first report of each is the interval known, or of none.
        if (learns > 60 || seconds >= 60) delete report.event.data.interval_seconds;
        reports.push(report);
      }
      await apply(seconds, reports);
      await decide();
    }
    const silences = await rows('SELECT kind, name, ended_at, interval_seconds FROM source_silences');
    expect(silences).toMatchObject([{ kind: 'model', name: 'STRETCHED' }]);
    expect(silences[0]!['ended_at']).not.toBeNull();
    expect(silences[0]!['interval_seconds']).toBeGreaterThanOrEqual(1790);
    expect(silences[0]!['interval_seconds']).toBeLessThan(1900);
    expect(await transitions()).toEqual([]);
  },
  240_000,
);

test('a model whose devices all report to a dead source is not quiet by itself', async () => {
  for (let seconds = 0; seconds < 1800; seconds += 10) {
    const speaks = seconds < 1200;
    const reports = Array.from({ length: DEVICES }, (_, n) => n)
      .filter((n) => speaks && n % 6 === (seconds / 10) % 6)
      .map((n) => relayed(n, seconds + (n % 10), '/webhook', 'ONLY'));
    await apply(seconds, reports);
    await decide();
  }
  expect(await rows('SELECT kind, name FROM source_silences')).toEqual([
    { kind: 'source', name: '/webhook' },
  ]);
}, 120_000);
