import { compileSchema } from '@cpemon/contracts';
import { addDevices } from '../../../../tests/support/add-devices.js';
import { startApi, type ApiUnderTest } from '../../../../tests/support/api-under-test.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';

let database: TestDatabase;
let api: ApiUnderTest;
let operations: Operation[];

interface Operation {
  method: string;
  path: string;
  parameters?: { name: string; in: string; required: boolean; schema: { enum?: string[] } }[];
  requestBody?: object;
  responses: Record<string, { content?: Record<string, { schema: object & { $ref?: string } }> }>;
}

beforeAll(async () => {
  database = await createTestDatabase();
  await addDevices(database.pool, [
    { id: 1, sn: 'A1', wanIp: '203.0.113.7', model: 'X', firmware: '1' },
    { id: 2, sn: 'B1', reachability: 'offline' },
  ]);
  await database.pool.query(
    "INSERT INTO device_events (device_id, at, kind, identity, data) VALUES (1, NOW(3), 'boot', 'a', '{}')",
  );
  api = await startApi(database);
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  };
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

/** Checks an answer against what the document says of the operation. @returns what is wrong with it */
async function wrongWith({ responses }: Operation, answer: Response): Promise<string | null> {
  const described = responses[String(answer.status)];
  if (described === undefined) return `status ${answer.status}: ${(await answer.text()).slice(0, 200)}`;
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
  if (type === 'text/event-stream') {
    await answer.body?.cancel();
    return described.content?.[type] === undefined ? type : null;
  }
  const text = await answer.text();
  if (described.content === undefined) return text === '' ? null : 'a body';
  const content = described.content[type];
  if (content === undefined) return `content type ${type}`;
  if (content.schema.$ref !== undefined) {
    const problem = JSON.parse(text) as Record<string, unknown>;
    const isWhole = ['type', 'title', 'code'].every((name) => typeof problem[name] === 'string');
    return isWhole && problem['status'] === answer.status ? null : text;
  }
  if (type !== 'application/json') return null;
  const isRight = compileSchema(content.schema);
  return isRight(JSON.parse(text)) ? null : `${JSON.stringify(isRight.errors?.[0])} ${text.slice(0, 300)}`;
}

/** Values for the parameters that have to be there. */
const SAMPLES: Record<string, string> = {
  id: '1',
  sn: 'A1',
  position: '1-1-1',
  metric: 'rx_power_dbm',
  key: 'A1',
};

const urlOf = ({ path, parameters = [] }: Operation, queries: Record<string, string>): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? '1');
  const required = parameters.filter((each) => each.in === 'query' && each.required);
  const query = new URLSearchParams({
    ...Object.fromEntries(required.map(({ name }) => [name, SAMPLES[name] ?? 'x'])),
    ...queries,
  });
  return `${api.url}${filled}${query.size === 0 ? '' : `?${query.toString()}`}`;
};

async function everyWrong(
  method: string,
  headers: () => Record<string, string>,
  queries: (operation: Operation) => Record<string, string>[],
  more: RequestInit = {},
): Promise<string[]> {
  const wrong: string[] = [];
  for (const operation of operations.filter((each) => each.method === method)) {
    for (const query of queries(operation)) {
      const url = urlOf(operation, query);
      const answer = await fetch(url, { method, headers: headers(), ...more });
      const what = await wrongWith(operation, answer);
      if (what !== null) wrong.push(`${method} ${url.slice(api.url.length)}: ${what}`);
    }
  }
  return wrong;
}

test('every route answers operators as it is described', async () => {
  expect(
    await everyWrong(
      'get',
      () => api.headers.operator,
      () => [{}],
    ),
  ).toEqual([]);
});

test('every route refuses strangers, viewers and support as it is described', async () => {
  expect(
    await everyWrong(
      'get',
      () => ({}),
      () => [{}],
    ),
  ).toEqual([]);
  expect(
    await everyWrong(
      'get',
      () => api.headers.support,
      () => [{}],
    ),
  ).toEqual([]);
  for (const headers of [{}, api.headers.viewer] as Record<string, string>[]) {
    const json = () => ({ ...headers, 'content-type': 'application/json' });
    expect(await everyWrong('post', json, () => [{}], { body: '{}' })).toEqual([]);
  }
});

const NASTY = ['', '%', "' OR 1=1 --", '-1', '1e9', '999999999999', 'a'.repeat(500), '\u0000', '😀', '[]'];

test('whatever a parameter says is answered as it is described', async () => {
  const queries = ({ parameters = [] }: Operation): Record<string, string>[] =>
    parameters
      .filter((each) => each.in === 'query' && each.name !== 'labels')
      .flatMap(({ name, schema }) => [...(schema.enum ?? []), ...NASTY].map((value) => ({ [name]: value })));
  expect(
    await everyWrong('get', () => ({ ...api.headers.operator, 'x-forwarded-for': '' }), queries),
  ).toEqual([]);
}, 60_000);

test('whatever a body says is answered as it is described', async () => {
  const bodies = ['{}', '[]', '{', 'null', '{"reason":"x","all":true,"colour":"red"}', '"text"', '\u0000'];
  for (const body of bodies) {
    const json = () => ({ ...api.headers.operator, 'content-type': 'application/json' });
    expect(await everyWrong('post', json, () => [{}], { body })).toEqual([]);
  }
});
