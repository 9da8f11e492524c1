import { recordRuleSet } from '@cpemon/store';
import { addDevices, addLabels } from '../../../../tests/support/add-devices.js';
import { startApi, type ApiUnderTest } from '../../../../tests/support/api-under-test.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';

let database: TestDatabase;
let api: ApiUnderTest;

beforeAll(async () => {
  database = await createTestDatabase();
  await addLabels(database.pool, 1, { tier: 'gold' });
  await addDevices(database.pool, [{ id: 1, sn: 'ACME-000001', model: 'X', labelSet: 1 }]);
  const content = `
rules:
  - { name: sent, metric: tx_power_dbm, above: 2, for: 1h, severity: warning, text: a, scope: { labels: { tier: gold } } }
  - { name: memory, metric: memory_used_ratio, above: 0.95, for: 1h, severity: critical, text: b }
`;
  await recordRuleSet(database.pool, { version: 'abc', rules: 2, content });
  api = await startApi(database);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const ask = async (path: string): Promise<[number, Record<string, unknown>]> => {
  const answer = await fetch(api.url + path, { headers: api.headers.viewer });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
};

test('a device says by what rules it is judged', async () => {
  const [status, body] = await ask('/v1/devices/ACME-000001/judgement');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    rules: [
      { rule: 'sent', above: 2, below: null, state: 'clear' },
      { rule: 'memory', above: 0.95, below: null, state: 'no_reading' },
    ],
    ...{ usual: {}, rule_set: { version: 'abc' } },
  });
});

test('a device that is not known, and a parameter that means nothing, are refused', async () => {
  expect((await ask('/v1/devices/nobody/judgement'))[0]).toBe(404);
  expect((await ask('/v1/devices/1/judgement?rule=sent'))[0]).toBe(400);
});
