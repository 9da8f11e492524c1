import { tmpdir } from 'node:os';
import request from 'supertest';
import type { RowDataPacket } from 'mysql2/promise';
import { openPool, type DatabasePool } from '@cpemon/database';
import { INTAKE_PATHS } from '@cpemon/domain';
import { createIntakeProbe } from '../../../../tests/support/intake-probe.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createCpemonApi } from '../app.js';
import { createDatabaseReader } from '../database-reader.js';
import { createFleetReads } from '../fleet-reads.js';
import { createImportRunner, type ImportRunner } from './import-runner.js';

let probe: ReturnType<typeof createIntakeProbe>;
let database: TestDatabase;
let pool: DatabasePool;
let api: ReturnType<typeof request>;
let runner: ImportRunner;
let imports = 0;

beforeEach(async () => {
  probe = createIntakeProbe('cpemon-api', INTAKE_PATHS);
  database = await createTestDatabase();
  pool = openPool(await database.login('api'), { connections: 4 });
  const read = createDatabaseReader(pool, 5000);
  runner = createImportRunner({ run: read, appender: probe.appender, logger: probe.logger });
  api = request(
    createCpemonApi({
      ...{
        ...probe,
        ingest: 'none' as const,
        readTokens: ['viewer', 'operator'],
        reads: createFleetReads(read),
      },
      operating: {
        operators: [{ name: 'eva', token: 'operator' }],
        viewerTokens: ['viewer'],
        read,
        act: read,
      },
      inventory: { runner, folder: tmpdir() },
    }),
  );
});
afterEach(async () => {
  await runner.stop();
  await pool.end();
  await probe.close();
  await database.drop();
});

const get = (path: string) => api.get(path).set({ authorization: 'Bearer viewer' });
const post = (body: string, type = 'text/csv', id = `i${(imports += 1)}`) =>
  api
    .post(`/v1/inventory/imports?id=${id}`)
    .set({ authorization: 'Bearer operator', 'content-type': type })
    .send(body);

interface ImportAnswer {
  state: string;
  problem: string | null;
  note: string | null;
  told: boolean;
  counts: Record<string, number>;
}

/** Imports a body; what became of it, without the counts that are 0. */
async function run(body: string, type?: string): Promise<ImportAnswer & { id: string }> {
  const { status, body: begun } = await post(body, type);
  expect([status, begun.state]).toEqual([202, 'running']);
  for (;;) {
    const { body: now } = await get(`/v1/inventory/imports/${begun.id}`);
    if (now.state === 'running') continue;
    const counts = Object.entries(now.counts as Record<string, number>).filter(([, count]) => count > 0);
    return { ...(now as ImportAnswer & { id: string }), counts: Object.fromEntries(counts) };
  }
}
const look = async (id: string) =>
  (
    (await get(`/v1/inventory/imports/${id}/rows`)).body.items as {
      row: number;
      code: string;
      detail: string;
    }[]
  ).map(({ row, code, detail }) => `${row} ${code}: ${detail}`);
const find = async (key: string) =>
  (await get('/v1/inventory/find').query({ key })).body as Record<'devices' | 'history', object[]>;
const told = () =>
  probe.appender.events.splice(0).map(({ subject, data }) => [subject, data.command?.admin_state] as const);
const labelsOf = async (subject: string): Promise<Record<string, string>> => {
  const [rows] = await database.pool.query<RowDataPacket[]>(
    `SELECT v.name, v.value FROM inventory_boxes AS b JOIN label_set_values AS v USING (label_set_id) WHERE serial_number = ?`,
    [subject],
  );
  return Object.fromEntries(rows.map((row) => [row['name'], row['value']])) as Record<string, string>;
};
const heard = (serialNumber: string, oui = '', productClass = '') =>
  database.pool.query(
    `INSERT INTO devices (serial_number, oui, product_class, source, generation, lane, first_seen_at)
     VALUES (?, ?, ?, '/cwmp', 1, 0, SYSDATE(3))`,
    [serialNumber, oui, productClass],
  );

test('a table becomes boxes, lines, keys and labels, and each box is told to its lane', async () => {
  await heard('B1', '00259E', 'EG8');
  const table =
    'sn,service_id,mac,pppoe_user,region,olt\nA1,L1,00:25:9e:00:00:01,eva@isp,north,o1\nB1,L2,,,south,o2\n';
  const first = await run(table);
  expect(first).toMatchObject({ state: 'done', told: true, counts: { added: 2 } });
  expect(told()).toEqual([
    ['A1', 'in_service'],
    ['B1', 'in_service'],
  ]);
  expect(await labelsOf('B1')).toEqual({ region: 'south', olt: 'o2' });
  for (const key of ['A1', 'L1', '0025.9E00.0001', 'EVA@isp'])
    expect((await find(key)).devices).toMatchObject([
      { sn: 'A1', service_id: 'L1', admin_state: 'expected' },
    ]);
  expect((await find('B1')).devices[0]).toMatchObject({ admin_state: 'in_service', oui: '00259E' });
  expect(await run(table)).toMatchObject({ counts: { unchanged: 2 } });
  expect(told()).toEqual([]);
});

test('a row is matched on any key; labels that it does not name stay, an empty cell takes one away', async () => {
  await run('sn,service_id,pon_serial,subscriber,region,tier\nA1,L1,HWTCA94196A5,K7,north,gold\n');
  expect((await run('gpon_sn,region\n48575443A94196A5,west\n')).counts).toEqual({ changed: 1 });
  expect(await labelsOf('A1')).toEqual({ region: 'west', tier: 'gold' });
  const { id, counts } = await run('customer,tier,bng\nK7,,b1\n');
  expect(counts).toEqual({ changed: 1 });
  expect(await look(id)).toEqual(['1 changed: tier gold to -; bng - to b1']);
  expect(await labelsOf('A1')).toEqual({ region: 'west', bng: 'b1' });
});

test('a box whose serial number is its PON serial number is found by either form', async () => {
  await heard('48575443A94196A5', '00259E', 'EG8');
  expect((await run('pon_serial,region\nHWTCA94196A5,north\n')).counts).toEqual({ added: 1 });
  expect(told().map(([subject]) => subject)).toEqual(['48575443A94196A5', 'HWTCA94196A5']);
  expect((await find('HWTCA94196A5')).devices[0]).toMatchObject({
    sn: '48575443A94196A5',
    labels: { region: 'north' },
  });
});

test('the box is swapped, the line stays: labels move to the new one, and the old one is closed', async () => {
  await run('sn,service_id,region\nA1,L1,north\n');
  told();
  const { id } = await run('sn,service_id\nA2,L1\n');
  expect(await look(id)).toEqual([]);
  expect(told()).toEqual([
    ['A1', 'retired'],
    ['A2', 'in_service'],
  ]);
  expect([await labelsOf('A1'), await labelsOf('A2')]).toEqual([{}, { region: 'north' }]);
  const { history } = await find('L1');
  expect(history).toMatchObject([
    { sn: 'A2', until: null },
    { sn: 'A1', until: expect.any(String) },
  ]);
});

test('what is unmatched, ambiguous or refused comes back with its reason, and changes nothing', async () => {
  await heard('D1', '00259E', 'X');
  await heard('D1', '00259E', 'Y');
  await run('sn,mac\nA1,00259E000001\nA2,00259E000002\n');
  const { id, counts } = await run(
    [
      'sn,mac,region',
      ',00259E0000FF,north',
      'D1,,north',
      'A1,00259E000002,north',
      'A1,,north',
      'A1,,south',
      '"A3,,north',
    ].join('\n'),
  );
  expect(counts).toEqual({ unmatched: 1, ambiguous: 2, changed: 1, refused: 2 });
  expect((await look(id)).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
    ...[
      '1 unmatched',
      '2 several_devices',
      '3 keys_disagree',
      '4 changed',
      '5 duplicate_serial',
      '6 torn_row',
    ],
  ]);
  const file = await get(`/v1/inventory/imports/${id}/rows?format=csv&outcome=ambiguous`);
  expect(file.headers['content-type']).toMatch(/text\/csv/);
  expect(file.text.split('\r\n')).toHaveLength(4);
  expect(await labelsOf('A1')).toEqual({ region: 'north' });
});

test('a last line that is torn is refused as such', async () => {
  const { id, counts } = await run('sn,region\nA1,north\nA2');
  expect(counts).toEqual({ added: 1, refused: 1 });
  expect(await look(id)).toEqual([expect.stringMatching(/^2 torn_row: .*too early/)]);
  const lines = await run('{"sn":"B1","labels":{"region":"north"}}\n{"sn":"B2","reg', 'application/x-ndjson');
  expect(lines.counts).toEqual({ added: 1, refused: 1 });
});

test('columns of what devices say themselves are passed over, with a note', async () => {
  const rows = await run('sn,model,region,Firmware\nA1,EG8145V5,north,V5R020\nA2,,south,\n');
  expect(rows).toMatchObject({
    ...{ state: 'done', problem: null, counts: { added: 2 } },
    note: 'Not taken over, because devices say it themselves: firmware, model.',
  });
  expect(await labelsOf('A1')).toEqual({ region: 'north' });
  expect(await run('[{"sn":"A1","labels":{"model":"X","region":"west"}}]', 'application/json')).toMatchObject(
    {
      ...{ counts: { changed: 1 }, note: expect.stringMatching(/: model\.$/) },
    },
  );
  expect((await run('sn,region\nA1,west\n')).note).toBeNull();
});

test('JSON comes as a list or line by line; a state is put into force by itself', async () => {
  await run('[{"sn":"A1","mac":["00259E000001"],"labels":{"region":"north"}}]', 'application/json');
  told();
  expect((await run('{"sn":"A1","admin_state":"maintenance"}', 'application/x-ndjson')).counts).toEqual({
    changed: 1,
  });
  expect(told()).toEqual([['A1', 'maintenance']]);
  expect(await labelsOf('A1')).toEqual({ region: 'north' });
});

test('a file that is none ends in a sentence, and a wrong request in a code', async () => {
  expect(await run('region,olt\nnorth,o1\n')).toMatchObject({
    state: 'failed',
    problem: expect.stringMatching(/No column/),
  });
  expect(await run('[{"sn":"A1"', 'application/json')).toMatchObject({ state: 'failed' });
  expect(await run('')).toMatchObject({ state: 'failed' });
  expect(await run(Buffer.from([0x73, 0x6e, 0x0a, 0xff]).toString('latin1'))).toMatchObject({
    counts: { refused: 1 },
  });
  expect((await post('x', 'text/xml')).body.code).toBe('unsupported_media_type');
  expect((await post('sn\n', 'text/csv', 'a%20b')).body.code).toBe('invalid_parameter');
  expect((await get('/v1/inventory/imports/none')).body.code).toBe('unknown_import');
  expect((await api.post('/v1/inventory/imports').set({ authorization: 'Bearer viewer' })).status).toBe(403);
  expect((await api.get('/v1/inventory/imports')).status).toBe(401);
});

test('what an interrupted import had changed is told by whoever finds it', async () => {
  await run('sn,region\nA1,north\n', 'text/csv');
  told();
  await database.pool.query(
    `UPDATE inventory_imports SET state = 'running', told_revision = 0, touched_at = SYSDATE(3) - INTERVAL 5 MINUTE`,
  );
  await runner.sweep();
  expect(told()).toEqual([['A1', 'in_service']]);
  const { body } = await get('/v1/inventory/imports');
  expect(body.items[0]).toMatchObject({ state: 'interrupted', told: true });
});

test('the fleet is summed by a label, over all lanes', async () => {
  await database.pool.query(
    `INSERT INTO fleet_label_counts VALUES (0, 'region', 'north', 'online', 3), (1, 'region', 'north', 'offline', 1),
       (1, 'region', '', 'online', 9), (1, 'olt', 'o1', 'online', 1)`,
  );
  const { body } = await get('/v1/fleet?by=region');
  expect(body.items).toEqual([
    { value: null, devices: 9, by_reachability: { unknown: 0, online: 9, stale: 0, offline: 0 } },
    { value: 'north', devices: 4, by_reachability: { unknown: 0, online: 3, stale: 0, offline: 1 } },
  ]);
  expect((await get('/v1/fleet?by=1x')).body.code).toBe('invalid_parameter');
});
