import request from 'supertest';
import type { RowDataPacket } from 'mysql2';
import { openPool, type DatabasePool } from '@cpemon/database';
import { erasureHash, type CpeEvent } from '@cpemon/domain';
import { createLogger } from '@cpemon/service-kit';
import { addTombstones, ensureErasureKey } from '@cpemon/store';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { API_PATHS, createCpemonApi } from '../app.js';
import { createDatabaseReader, type DatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';
import { startErasureTeller } from './erasure-teller.js';

const probe = createIntakeProbe('cpemon-api', API_PATHS);
let database: TestDatabase;
let pool: DatabasePool;
let read: DatabaseReader;
let api: ReturnType<typeof request>;
let told: CpeEvent[];
let isLogDown: boolean;
let forgotten: string[];

const appender = {
  append: async (events: readonly CpeEvent[]) => {
    if (isLogDown) return Promise.reject(new Error('the log does not answer'));
    told.push(...events);
    return Promise.resolve();
  },
};

beforeEach(async () => {
  [told, forgotten, isLogDown] = [[], [], false];
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  read = createDatabaseReader(pool, 5000);
  api = request(
    createCpemonApi({
      ...{ ...probe, ingest: 'none' as const, readTokens: ['viewer'], reads: createFleetReads(read) },
      appender,
      forgetBodies: (text) => forgotten.push(text),
      operating: {
        operators: [{ name: 'eva', token: 'operator' }],
        viewerTokens: ['viewer'],
        read,
        act: read,
      },
    }),
  );
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});
afterAll(() => probe.close());

const select = async (sql: string) => (await database.pool.query<RowDataPacket[]>(sql))[0];
const post = (path: string, body: object) =>
  api.post(path).set({ authorization: 'Bearer operator' }).send(body);
const erase = (body: object) => post('/v1/erasures', { reason: 'asked for', ...body });
const device = (serial: string, oui = '', productClass = '', firstSeen = '2026-11-01') =>
  database.pool.query(
    `INSERT INTO devices (serial_number, oui, product_class, source, generation, lane, first_seen_at)
     VALUES (?, ?, ?, '/heartbeat', 1, 1, ?)`,
    [serial, oui, productClass, firstSeen],
  );

test('an erasure is written down, audited without a name, and told to the lane of each form of the serial number', async () => {
  await device('48575443A94196A5');
  const answer = await erase({ device: ' HWTCA94196A5 ' });
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({ state: 'asked', told: true, asked_by: 'eva', inventory_rows: 0 });
  expect(told.map(({ type, subject, data }) => [type, subject, data])).toEqual(
    ['HWTCA94196A5', '48575443A94196A5'].map((subject) => [
      'cpemon.erase.v1',
      subject,
      { erase: { erasure: answer.body.id as string, scope: 'serial_number' } },
    ]),
  );
  expect(JSON.stringify(await select('SELECT * FROM operator_audit'))).not.toContain('A94196A5');
  expect(forgotten).toEqual(['HWTCA94196A5']);
  const path = `/v1/erasures/${answer.body.id as string}`;
  const shown = await api.get(path).set({ authorization: 'Bearer viewer' });
  expect(shown.body).toMatchObject({ id: answer.body.id, state: 'asked' });
  expect(JSON.stringify(shown.body)).not.toContain('A94196A5');
  const again = await erase({ device: '48575443A94196A5' });
  expect(again.body.id).toBe(answer.body.id);
  expect(told).toHaveLength(2);
});

test.each([
  [{ device: 'NOBODY' }, 404, 'unknown_device'],
  [{ device: 'TWIN' }, 409, 'ambiguous_serial_number'],
  [{ device: 'TWIN', oui: '00259E', product_class: 'EG9' }, 404, 'unknown_device'],
  [{ device: '\u00e4' }, 400, 'invalid_sn'],
  [{ device: 'TWIN', reason: ' ' }, 400, 'invalid_request'],
  [{ device: 'TWIN', everything: true }, 400, 'invalid_request'],
])('%j is refused with %i %s, and nothing is told', async (body, status, code) => {
  await device('TWIN', '00259E', 'EG1');
  await device('TWIN', '00259E', 'EG2');
  const answer = await erase(body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(told).toEqual([]);
  expect(await select('SELECT * FROM erasures')).toEqual([]);
});

test('one of several devices is named by OUI and product class, and all by all', async () => {
  await device('TWIN', '00259E', 'EG1');
  await device('TWIN', '00259E', 'EG2');
  expect((await erase({ device: 'TWIN', oui: '00259E', product_class: 'EG2' })).status).toBe(202);
  expect(told).toMatchObject([
    { oui: '00259E', productclass: 'EG2', data: { erase: { scope: 'identity' } } },
  ]);
  await database.pool.query('DELETE FROM erasure_subjects');
  await database.pool.query("UPDATE erasures SET state = 'done'");
  expect((await erase({ device: 'TWIN', all: true })).status).toBe(202);
  expect(told[1]).toMatchObject({ data: { erase: { scope: 'serial_number' } } });
});

test('what the inventory knows goes where that is asked for, and a line that another box serves stays', async () => {
  await device('A');
  await database.pool.query(
    `INSERT INTO inventory_lines (line_id, service_id) VALUES (1, 'L-1'), (2, 'L-2')`,
  );
  await database.pool.query(
    `INSERT INTO inventory_boxes (box_id, serial_number, line_id, revision) VALUES (1, 'A', 1, 1), (2, 'A2', 2, 1), (3, 'B', 2, 1)`,
  );
  await database.pool.query(
    `INSERT INTO inventory_keys (kind, value, box_id, line_id)
     VALUES ('mac', '0025', 1, 0), ('subscriber', 'K-77', 0, 1), ('subscriber', 'K-78', 0, 2), ('mac', '0026', 2, 0)`,
  );
  await database.pool.query(
    `INSERT INTO inventory_line_boxes (line_id, valid_from, box_id) VALUES (1, '2026-11-01', 1), (2, '2026-11-01', 2)`,
  );
  await database.pool.query(`INSERT INTO expected_devices (serial_number) VALUES ('A'), ('A2')`);
  expect((await erase({ device: 'A', inventory: true })).body.inventory_rows).toBe(6);
  expect((await erase({ device: 'A2', inventory: true })).body.inventory_rows).toBe(4);
  expect(await select('SELECT service_id FROM inventory_lines')).toEqual([{ service_id: 'L-2' }]);
  expect(await select('SELECT value FROM inventory_keys')).toEqual([{ value: 'K-78' }]);
  expect(await select('SELECT serial_number FROM inventory_boxes')).toEqual([{ serial_number: 'B' }]);
});

test('lanes that could not be told are told later, by whoever runs then', async () => {
  await device('A');
  isLogDown = true;
  const answer = await erase({ device: 'A' });
  expect([answer.status, answer.body.told]).toEqual([202, false]);
  isLogDown = false;
  const teller = startErasureTeller(read, appender, createLogger({ service: 'cpemon-api', level: 'silent' }));
  expect(await teller.look()).toBe(0);
  await database.pool.query('UPDATE erasures SET asked_at = asked_at - INTERVAL 1 MINUTE');
  expect(await teller.look()).toBe(1);
  expect(told).toMatchObject([{ id: answer.body.id, subject: 'A' }]);
  expect(await teller.look()).toBe(0);
  teller.stop();
});

test('tombstones go out for beside the backups, come back, and erase what a restore has brought back', async () => {
  const items = await tombstonesOf('A', 'B');
  const exported = await post('/v1/erasures/tombstones/export', { limit: '1' });
  expect(exported.status).toBe(200);
  const rest = await post('/v1/erasures/tombstones/export', { cursor: exported.body.next_cursor as string });
  expect([...exported.body.items, ...rest.body.items]).toHaveLength(2);
  expect(rest.body.next_cursor).toBeNull();
  for (const table of ['erasure_tombstones', 'erasure_keys', 'erasures', 'erasure_subjects'])
    await database.pool.query(`DELETE FROM ${table}`);
  await device('A');
  await device('C');
  await device('B', '', '', '2026-12-24');
  told = [];

  const brought = await post('/v1/erasures/tombstones/import', { keys: exported.body.keys, items });
  expect([brought.status, brought.body]).toEqual([200, { tombstones: 2 }]);
  let cursor: string | null | undefined;
  do {
    const step = await post('/v1/erasures/tombstones/apply', cursor === undefined ? {} : { cursor });
    expect(step.status).toBe(200);
    cursor = step.body.next_cursor as string | null;
  } while (cursor !== null);
  // B came back after it was erased: it is another device.
  expect(told.map(({ subject }) => subject)).toEqual(['A']);
});

/** As the owners of lanes leave them; what the export says of them. */
async function tombstonesOf(...serials: string[]): Promise<object[]> {
  const key = await ensureErasureKey(database.pool);
  await addTombstones(
    database.pool,
    serials.map((serial, n) => ({
      ...{ key, erasureId: `x${n}`, subjectHash: erasureHash(key, serial), identityHash: null },
      ...{ generation: 1, lane: 1, sequence: 5, erasedAt: Date.parse('2026-11-20T12:00:00.123Z') },
    })),
  );
  return (await post('/v1/erasures/tombstones/export', {})).body.items as object[];
}
