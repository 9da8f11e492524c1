import { addDevices, addLabels } from '../../../../tests/support/add-devices.js';
import { startApi, type ApiUnderTest } from '../../../../tests/support/api-under-test.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';

let database: TestDatabase;
let api: ApiUnderTest;
let masking: ApiUnderTest;

const NORTH = 1;
const SOUTH = 2;

/** As an ACS hands it on: parameters by their paths. */
const REPORT = {
  ...{ id: 'r1', source: '/webhook', type: 'cpemon.acs-event.v1', subject: 'HWTCA94196A5' },
  time: '2026-11-21T11:59:58.000Z',
  data: {
    event_codes: ['2 PERIODIC'],
    attributes: { wan_ip: '203.0.113.7' },
    parameters: {
      'Device.DeviceInfo.UpTime': { value: '123', type: 'unsignedInt' },
      'Device.IP.Interface.1.IPv4Address.1.IPAddress': { value: '203.0.113.7', type: 'string' },
    },
    extra: { vendor: '<script>alert(2)</script>' },
  },
};

beforeAll(async () => {
  database = await createTestDatabase();
  await addLabels(database.pool, NORTH, { region: 'north', tier: 'business', olt: 'olt-1' });
  await addLabels(database.pool, SOUTH, { region: 'south' });
  await addDevices(database.pool, [
    { id: 1, sn: 'HWTCA94196A5', model: 'EG8145V5', firmware: 'V5', wanIp: '203.0.113.7', labelSet: NORTH },
    { id: 2, sn: 'ACME-000002', model: 'EG8145V5', reachability: 'offline', labelSet: SOUTH },
    { id: 3, sn: 'ACME-000003', model: 'X', health: 'critical', labelSet: NORTH, since: 1000 },
    { id: 70, sn: 'ACME-000070', model: '<script>alert(1)</script>', reachability: 'stale' },
    { id: 900, sn: 'ACME%000900', adminState: 'maintenance' },
  ]);
  await database.pool.query("INSERT INTO inventory_lines (line_id, service_id) VALUES (5, 'FTTH-77')");
  await database.pool.query(
    `INSERT INTO inventory_boxes (box_id, serial_number, line_id, revision) VALUES (7, 'ACME-000002', 5, 1)`,
  );
  await database.pool.query(
    `INSERT INTO inventory_keys (kind, value, box_id, line_id) VALUES
       ('mac', '00259EA1B2C3', 7, 0), ('subscriber', 'S-4711', 0, 5), ('pppoe_user', 'eva@isp', 0, 5)`,
  );
  await database.pool.query(
    `INSERT INTO device_events (device_id, at, kind, identity, data) VALUES
       (1, '2026-11-21 10:00:00', 'boot', 'a', '{"cause":"power"}'),
       (1, '2026-11-21 10:00:00', 'boot', 'b', '{"cause":"power"}'),
       (1, '2026-11-21 11:00:00', 'address', 'c', '{"from":"203.0.113.1","to":"203.0.113.7"}')`,
  );
  await database.pool.query(
    "UPDATE device_state SET last_seen_at = '2026-11-21 11:00:00' WHERE device_id = 3",
  );
  await database.pool.query(
    `INSERT INTO log_records (generation, lane, last_seq, received_hour, event_count, received_at, events)
     VALUES (1, 1, 1, TIMESTAMPDIFF(HOUR, '1970-01-01', ?), 1, ?, ?)`,
    ['2026-11-21 12:00:00', '2026-11-21 12:00:00', JSON.stringify([REPORT])],
  );
  api = await startApi(database, {
    DEVICE_LINKS:
      'Ticket=https://crm.example/new?who={key.subscriber}&sn={serial_number} OLT=https://nms.example/{label.olt}',
  });
  masking = await startApi(database, { MASK_PERSONAL_DATA: 'viewers' });
});
afterAll(async () => {
  await api.stop();
  await masking.stop();
  await database.drop();
});

interface Answer {
  status: number;
  body: {
    code?: string;
    items: {
      id: number;
      status: string;
      wan_ip: string | null;
      labels: object;
      model: string;
      type: string;
    }[];
    next_cursor: string | null;
  } & Record<string, unknown>;
  headers: Headers;
}

async function ask(
  path: string,
  headers: Record<string, string> = api.headers.viewer,
  of: ApiUnderTest = api,
): Promise<Answer> {
  const answer = await fetch(of.url + path, { headers });
  const text = await answer.text();
  return {
    status: answer.status,
    body: (text === '' ? {} : JSON.parse(text)) as Answer['body'],
    headers: answer.headers,
  };
}
const idsOf = async (query: string, headers?: Record<string, string>): Promise<number[]> =>
  (await ask(`/v1/devices?${query}`, headers)).body.items.map(({ id }) => id);

describe('GET /v1/devices', () => {
  test.each([
    ['', [1, 2, 3, 70, 900]],
    ['sort=-first_seen', [900, 70, 3, 2, 1]],
    ['sort=since&reachability=online', [3, 1, 900]],
    ['sort=serial_number', [900, 2, 3, 70, 1]],
    ['sort=-serial_number', [1, 70, 3, 2, 900]],
    ['sort=serial_number&q=acme', [900, 2, 3, 70]],
    ['sort=last_seen', [3, 1, 2, 70, 900]],
    ['sort=-last_seen&reachability=online', [900, 1, 3]],
    ['status=online', [1, 900]],
    ['status=degraded,offline', [2, 3]],
    ['reachability=online', [1, 3, 900]],
    ['health=critical', [3]],
    ['admin_state=maintenance', [900]],
    ['model=EG8145V5', [1, 2]],
    ['model=EG8145V5&status=offline', [2]],
    ['firmware=V5', [1]],
    ['label.region=north', [1, 3]],
    ['label.region=north&label.tier=business&health=critical', [3]],
    ['label.model=X', [3]],
    ['label.region=nowhere', []],
    ['model=nothing', []],
    ['q=000', [2, 3, 70, 900]],
    ['q=acme-0000', [2, 3, 70]],
    ['q=acme-000003', [3]],
    ['q=94196', [1]],
    ['q=48575443A9', [1]],
    ['q=.113.7', [1]],
    ['q=00:25:9E:a1', [2]],
    ['q=25-9e-a1-b2', [2]],
    ['q=4711', [2]],
    ['q=ftth-7', [2]],
    ['q=eva@', [2]],
    ['q=%2500', [900]],
    ['q=' + encodeURIComponent("' OR 1=1 --"), []],
    ['q=_', []],
    ['key=S-4711', [2]],
    ['key=00:25:9e:a1:b2:c3', [2]],
    ['key=48575443A94196A5', [1]],
    ['key=nobody', []],
    ['key=M%C3%BCller', []],
    ['q=M%C3%BCller', []],
  ])('?%s', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  test.each([
    '',
    'q=000',
    'sort=-since',
    'sort=serial_number',
    'sort=-serial_number&q=0',
    'sort=-last_seen',
    'sort=-first_seen&q=000',
    'label.region=north',
  ])('?%s: pages together are the whole list', async (query) => {
    const whole = await idsOf(query);
    const paged: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await ask(`/v1/devices?${query}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      paged.push(...body.items.map(({ id }) => id));
      cursor = body.next_cursor;
    }
    expect(paged).toEqual(whole);
  });

  test('a cursor is of its list only', async () => {
    const { body } = await ask('/v1/devices?q=000&limit=1');
    const other = await ask(`/v1/devices?q=0000&limit=1&cursor=${body.next_cursor}`);
    expect([other.status, other.body.code]).toEqual([400, 'cursor_of_another_query']);
  });

  test.each([
    ['cursor=x', 'invalid_cursor'],
    ['limit=0', 'invalid_parameter'],
    ['limit=1000000000', 'invalid_parameter'],
    ['colour=red', 'invalid_parameter'],
    ['status=broken', 'invalid_parameter'],
    ['label.UPPER=x', 'invalid_parameter'],
    ['sort=name', 'invalid_parameter'],
    ['q=a&q=b', 'invalid_parameter'],
    ['q=%00', 'invalid_parameter'],
    ['key=A&status=online', 'invalid_parameter'],
  ])('?%s is refused as %s', async (query, code) => {
    const { status, body } = await ask(`/v1/devices?${query}`);
    expect([status, body.code]).toEqual([400, code]);
  });

  test('a search of 10,000 characters is refused', async () => {
    const { status, body } = await ask(`/v1/devices?q=${'a'.repeat(10_000)}`);
    expect([status, body.code]).toEqual([400, 'invalid_parameter']);
  });

  test('what a device calls itself is told as it is', async () => {
    const { body } = await ask('/v1/devices?q=acme-000070');
    expect(body.items[0]?.model).toBe('<script>alert(1)</script>');
  });

  test('a device whose state changes is found by its new one', async () => {
    await database.pool.query("UPDATE device_state SET reachability = 'offline' WHERE device_id = 70");
    // What is not so any more is not shown, whatever the directory still thinks.
    expect(await idsOf('reachability=stale')).toEqual([]);
    await database.pool.query("UPDATE device_state SET reachability = 'stale' WHERE device_id = 70");
  });

  test('whoever has the answer is told that it holds', async () => {
    const first = await ask('/v1/devices/1');
    const etag = first.headers.get('etag');
    expect(etag).not.toBeNull();
    const { as_of: asOf, ...rest } = first.body;
    expect([typeof asOf, rest['id']]).toEqual(['string', 1]);
    const document = await ask('/openapi.json');
    const again = await fetch(`${api.url}/openapi.json`, {
      headers: { 'if-none-match': document.headers.get('etag')! },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });
});

describe('GET /v1/devices/:id', () => {
  test('shows values, sources, line and labels', async () => {
    const { body } = await ask('/v1/devices/2');
    expect(body).toMatchObject({
      ...{ id: 2, serial_number: 'ACME-000002', status: 'offline', labels: { region: 'south' } },
      metrics: { tx_power_dbm: { value: 2.5, unit: 'dBm', source: '/heartbeat' } },
      inventory: [{ sn: 'ACME-000002', service_id: 'FTTH-77' }],
      events: { applied: 1, duplicates: 0, late: 0 },
    });
    expect((await ask('/v1/devices/ACME-000002')).body['id']).toBe(2);
  });

  test('one that is not known', async () => {
    for (const id of ['4', 'ACME', 'x'.repeat(64)]) {
      const { status, body } = await ask(`/v1/devices/${id}`);
      expect([id, status, body.code]).toEqual([id, 404, 'unknown_device']);
    }
    const long = await ask(`/v1/devices/${'x'.repeat(65)}`);
    expect([long.status, long.body.code]).toEqual([400, 'invalid_parameter']);
  });

  test('a text that no serial number can be is refused, and not taken for a failure', async () => {
    for (const path of [
      '/v1/devices/%F0%9F%98%80',
      '/v1/devices/%C3%BC/history?metric=x',
      '/v1/audit?action=%C3%BC',
    ]) {
      const { status, body } = await ask(path, api.headers.operator);
      expect([path, status, body.code]).toEqual([path, 400, 'invalid_parameter']);
    }
  });

  test('several with one serial number are named', async () => {
    await database.pool.query(
      "INSERT INTO devices (device_id, serial_number, oui, source, generation, lane, first_seen_at) VALUES (901, 'ACME-000002', '00259E', '/x', 1, 0, NOW())",
    );
    const { status, body } = await ask('/v1/devices/ACME-000002');
    expect([status, body.code, body['candidates']]).toEqual([
      409,
      'ambiguous_serial_number',
      [{ id: 2 }, { id: 901 }],
    ]);
    await database.pool.query('DELETE FROM devices WHERE device_id = 901');
  });
});

test('GET /v1/devices/:id/events: newest first, in pages, by kind and time', async () => {
  const types = async (query: string) =>
    (await ask(`/v1/devices/1/events?${query}`)).body.items.map(({ type }) => type);
  expect(await types('')).toEqual(['address', 'boot', 'boot']);
  expect(await types('kind=address')).toEqual(['address']);
  expect(await types('until=2026-11-21T10:30:00Z')).toEqual(['boot', 'boot']);
  const first = await ask('/v1/devices/1/events?limit=2');
  expect(await types(`limit=2&cursor=${first.body.next_cursor}`)).toEqual(['boot']);
  for (const query of ['cursor=abc', 'from=yesterday', 'kind=A', 'limit=501']) {
    expect([query, (await ask(`/v1/devices/1/events?${query}`)).status]).toEqual([query, 400]);
  }
});

describe('GET /v1/devices/:id/raw', () => {
  test('what was sent, with source and time', async () => {
    const { status, body } = await ask('/v1/devices/1/raw');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ kept: true, reason: null },
      items: [
        {
          ...{ path: 'Device.DeviceInfo.UpTime', value: '123', type: 'unsignedInt', source: '/heartbeat' },
          received_at: '2026-11-21T12:00:00.000Z',
        },
        { path: 'Device.IP.Interface.1.IPv4Address.1.IPAddress', value: '203.0.113.7' },
        { path: 'vendor', value: '<script>alert(2)</script>' },
      ],
      reports: [{ event_codes: ['2 PERIODIC'], data: { attributes: { wan_ip: '203.0.113.7' } } }],
    });
  });

  test('what the log keeps no more is not there, and that is said', async () => {
    const { body } = await ask('/v1/devices/2/raw');
    expect(body).toMatchObject({ items: [], reports: [], kept: false, reason: expect.stringMatching(/log/) });
  });

  test('texts that may be data of persons are not shown to those who see these in part', async () => {
    const { body } = await ask('/v1/devices/1/raw', masking.headers.viewer, masking);
    expect(JSON.stringify(body)).not.toContain('203.0.113.7');
    expect(body.items).toMatchObject([{ value: '123' }, { value: '***' }, { value: '***' }]);
  });
});

test('GET /v1/devices/:id/neighbours: counts of those in service by what they share, and the worst of them', async () => {
  const { status, body } = await ask('/v1/devices/1/neighbours');
  expect([status, body.items]).toMatchObject([
    200,
    [
      {
        ...{ by: 'olt', value: 'olt-1', total: 2, by_status: { online: 1, degraded: 1, offline: 0 } },
        worst: [{ id: 3 }],
      },
      {
        ...{ by: 'model', value: 'EG8145V5', total: 2, by_status: { online: 1, offline: 1 } },
        worst: [{ id: 2 }],
      },
    ],
  ]);
  expect((await ask('/v1/devices/4/neighbours')).body.code).toBe('unknown_device');
  const support = await ask('/v1/devices/1/neighbours', { ...api.headers.support, 'x-reason': 'ticket 9' });
  expect([support.status, support.body.code]).toEqual([403, 'not_a_viewer']);
});

test('links to other systems are made of what is known of the device', async () => {
  expect((await ask('/v1/devices/2')).body['links']).toEqual([
    { name: 'Ticket', url: 'https://crm.example/new?who=S-4711&sn=ACME-000002' },
  ]);
  expect((await ask('/v1/devices/3')).body['links']).toEqual([
    { name: 'OLT', url: 'https://nms.example/olt-1' },
  ]);
});

describe('GET /v1/export/devices', () => {
  const read = async (query: string) => {
    const answer = await fetch(`${api.url}/v1/export/devices?${query}`, { headers: api.headers.viewer });
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  };

  test('as lines of JSON', async () => {
    const { type, text } = await read('');
    expect(type).toBe('application/x-ndjson');
    const lines = text.trimEnd().split('\n');
    const { body } = await ask('/v1/devices');
    expect(body.items).toHaveLength(5);
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(body.items);
  });

  test('in parts, filtered, and for those who see addresses in part, a line is what the list shows', async () => {
    const answer = await fetch(`${masking.url}/v1/export/devices?q=4196`, {
      headers: masking.headers.viewer,
    });
    const { body } = await ask('/v1/devices?q=4196', masking.headers.viewer, masking);
    expect(JSON.parse(await answer.text())).toEqual(body.items[0]);
  });

  test('as CSV, filtered, and nothing in it is a formula', async () => {
    const { type, text } = await read('format=csv&label.region=north');
    expect(type).toContain('text/csv');
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^id,serial_number,/);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^1,HWTCA94196A5,/);
  });
});

describe('who sees what', () => {
  const limited = async (labels: object, role = 'viewer'): Promise<Record<string, string>> => {
    const answer = await fetch(`${api.url}/v1/access/tokens`, {
      ...{ method: 'POST', body: JSON.stringify({ name: 'nora', role, labels }) },
      headers: { ...api.headers.operator, 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    return { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` };
  };

  test('a viewer limited to labels sees devices with them, and no other', async () => {
    const nora = await limited({ region: 'north' });
    expect(await idsOf('', nora)).toEqual([1, 3]);
    expect(await idsOf('q=acme', nora)).toEqual([3]);
    expect(await idsOf('label.region=south', nora)).toEqual([]);
    expect(await idsOf('key=S-4711', nora)).toEqual([]);
    expect((await ask('/v1/devices/1', nora)).status).toBe(200);
    for (const path of ['/v1/devices/2', '/v1/devices/2/events', '/v1/devices/2/history?metric=x']) {
      expect([path, (await ask(path, nora)).status]).toEqual([path, 404]);
    }
    expect((await ask('/v1/fleet', nora)).body).toMatchObject({
      ...{ devices: 2, by_status: { online: 1, degraded: 1, offline: 0 }, limited_to: { region: 'north' } },
    });
    expect((await ask('/v1/fleet?by=model', nora)).body).toMatchObject({
      items: [
        { value: 'EG8145V5', devices: 1, by_reachability: { online: 1, offline: 0 } },
        { value: 'X', devices: 1 },
      ],
    });
    const { body: around } = await ask('/v1/devices/1/neighbours', nora);
    expect(around.items).toMatchObject([
      { by: 'olt', total: 2 },
      { by: 'model', total: 1, worst: [] },
    ]);
    for (const path of ['/v1/pipeline', '/v1/dead-letters', '/api/cpe', '/v1/inventory/find?key=S-4711']) {
      const { status, body } = await ask(path, nora);
      expect([path, status, body.code]).toEqual([path, 403, 'limited_to_labels']);
    }
  });

  test('support looks up one device by a whole key, says why, and it is written down', async () => {
    const { support } = api.headers;
    for (const path of ['/v1/devices', '/v1/devices?q=acme', '/v1/devices?key=S-4711&status=online']) {
      const { status, body } = await ask(path, support);
      expect([path, status, body.code]).toEqual([path, 403, 'exact_key_needed']);
    }
    const silent = await ask('/v1/devices?key=S-4711', support);
    expect([silent.status, silent.body.code]).toEqual([400, 'reason_needed']);
    expect(await idsOf('key=S-4711&reason=ticket+9', support)).toEqual([2]);
    expect((await ask('/v1/devices/2', { ...support, 'x-reason': 'ticket 9' })).status).toBe(200);
    expect((await ask('/v1/devices/2', support)).body.code).toBe('reason_needed');
    const audit = await ask('/v1/audit?action=device.look_up', api.headers.operator);
    expect(audit.body.items).toMatchObject([
      { actor: 'sam', target: '2', detail: { reason: 'ticket 9', path: '/v1/devices/2' } },
      { actor: 'sam', target: 'S-4711', detail: { reason: 'ticket 9' } },
    ]);
    for (const path of ['/v1/fleet', '/v1/export/devices', '/v1/stream', '/v1/audit']) {
      expect([path, (await ask(path, support)).status]).toEqual([path, 403]);
    }
  });

  test('data of persons is shown in part, and cannot be found out by searching', async () => {
    const asked = (path: string) => ask(path, masking.headers.viewer, masking);
    expect((await asked('/v1/devices/1')).body).toMatchObject({ wan_ip: '203.0.*.*' });
    expect((await asked('/v1/devices?q=4196')).body.items[0]?.wan_ip).toBe('203.0.*.*');
    expect((await asked('/api/cpe/HWTCA94196A5')).body).toMatchObject({ wan_ip: '203.0.*.*' });
    expect((await asked('/v1/devices/1/events?kind=address')).body.items).toMatchObject([
      { data: { from: '203.0.*.*', to: '203.0.*.*' } },
    ]);
    expect(JSON.stringify((await asked('/v1/devices/2')).body)).not.toMatch(/A1B2C3|eva@isp/);
    for (const q of ['.113.', '259ea1', 'eva@'])
      expect([q, (await asked(`/v1/devices?q=${q}`)).body.items]).toEqual([q, []]);
    expect((await ask('/v1/devices/1', masking.headers.operator, masking)).body['wan_ip']).toBe(
      '203.0.113.7',
    );
  });
});
