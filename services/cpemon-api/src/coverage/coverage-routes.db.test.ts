import express from 'express';
import request from 'supertest';
import { openPool, type DatabasePool } from '@cpemon/database';
import { addCoverage, type CoverageRows } from '@cpemon/store';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { createDatabaseReader } from '../database-reader.js';
import { createOperatorRouter } from '../operators/operator-router.js';
import { createAccess } from '../access/access.js';
import { addCoverageRoutes } from './coverage-routes.js';

const AT = Date.parse('2026-11-21T12:00:00Z');
const span = { firstAt: AT, lastAt: AT + 60_000 };
const firmware = (name: string, firstAt: number) => ({
  ...{ model: 'GX', firmware: name, manufacturer: 'ACME', reports: 1000, lookedAt: 100, surveyed: 10 },
  ...{ firstAt, lastAt: AT + 60_000 },
});
const metric = (version: string, name: string, seen: number, noReading = 0) => ({
  ...{ model: 'GX', firmware: version, metric: name, seen, noReading, ...span },
});
const ROWS: CoverageRows = {
  models: [firmware('1', AT), firmware('2', AT + 1)],
  metrics: [
    metric('1', 'uptime_seconds', 100),
    metric('1', 'rx_power_dbm', 90),
    metric('2', 'uptime_seconds', 95),
    metric('2', 'tx_power_dbm', 0, 4),
  ],
  paths: [
    {
      ...{
        model: 'GX',
        path: 'Device.X_ACME.{i}.Rx',
        type: 'int',
        form: '-99',
        firmware: '2',
        seen: 5,
        ...span,
      },
    },
  ],
};

let database: TestDatabase;
let pool: DatabasePool;
let api: ReturnType<typeof request>;
beforeAll(async () => {
  database = await createTestDatabase();
  await addCoverage(database.pool, ROWS);
  pool = openPool(await database.login('api'), { connections: 2 });
  const read = createDatabaseReader(pool, 5000);
  const options = {
    mayRead: createAccess({ readTokens: ['viewer'], operators: [] }).mayRead,
    operators: [],
    viewerTokens: ['viewer'],
    read,
    act: read,
  };
  api = request(express().use(createOperatorRouter(options, addCoverageRoutes)));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const get = (path: string) => api.get(path).set('authorization', 'Bearer viewer');

test('each firmware is listed, with what stopped after an upgrade and what comes only as no reading', async () => {
  const { status, body } = await get('/v1/coverage');
  expect([status, body]).toEqual([
    200,
    {
      items: [
        {
          ...{
            model: 'GX',
            firmware: '1',
            manufacturer: 'ACME',
            reports: 1000,
            looked_at: 100,
            surveyed: 10,
          },
          ...{ first_at: '2026-11-21T12:00:00.000Z', last_at: '2026-11-21T12:01:00.000Z' },
          ...{ metrics: 2, only_no_reading: [], stopped: [], unmapped: 1 },
        },
        expect.objectContaining({
          ...{ firmware: '2', metrics: 1, only_no_reading: ['tx_power_dbm'], stopped: ['rx_power_dbm'] },
        }),
      ],
    },
  ]);
});

test('one model is shown in full', async () => {
  const { body } = (await get('/v1/coverage?model=GX')) as {
    body: { firmwares: object[]; unmapped: object[] };
  };
  expect(body.firmwares[1]).toMatchObject({
    metrics: [
      { metric: 'uptime_seconds', seen: 95, share: 0.95, no_reading: 0 },
      { metric: 'tx_power_dbm', seen: 0, share: 0, no_reading: 4, no_reading_share: 0.4 },
    ],
    stopped: [{ metric: 'rx_power_dbm', before_firmware: '1', share_before: 0.9 }],
  });
  expect(body.unmapped).toEqual([
    {
      ...{ path: 'Device.X_ACME.{i}.Rx', type: 'int', form: '-99', last_firmware: '2', seen: 5, share: 0.25 },
      ...{ first_at: '2026-11-21T12:00:00.000Z', last_at: '2026-11-21T12:01:00.000Z' },
    },
  ]);
});

test('a model that nobody has is not found, and nobody is told without a token', async () => {
  expect((await get('/v1/coverage?model=other')).status).toBe(404);
  expect((await get('/v1/coverage?colour=red')).status).toBe(400);
  expect((await api.get('/v1/coverage')).status).toBe(401);
});
