import express from 'express';
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { informXml } from '../../../../tests/support/cwmp-bodies.js';
import { createRouteBook } from '../routes/route-book.js';
import { createExplainRoute, EXPLAIN_BODY_BYTES } from './explain-route.js';

const book = createRouteBook();
const app = express().use(
  createExplainRoute({ operators: [{ name: 'ops', token: 'operator' }], viewerTokens: ['viewer'], book }),
);
const explain = (query = '') =>
  request(app).post(`/v1/explain${query}`).set('authorization', 'Bearer operator');

test('an operator is told what a message comes to', async () => {
  const answer = await explain().type('text/xml').send(informXml());
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    shape: 'cwmp',
    events: [{ event: { subject: 'CPE-1', data: { metrics: { uptime_seconds: 86_400 } } } }],
  });
});

test('… in lines when these are asked for', async () => {
  const answer = await explain().set('accept', 'text/plain').type('text/xml').send(informXml());
  expect(answer.type).toBe('text/plain');
  expect(answer.text).toContain('→ metric uptime_seconds 86400  [TR-181: Device.DeviceInfo.UpTime, in s]');
});

test('the address says who sent a bulk report', async () => {
  const address = encodeURIComponent('/v1/bulkdata?oui=00D09E&pc=Home&sn=A1');
  const answer = await explain(`?address=${address}`).send({ Report: [{ 'Device.DeviceInfo.UpTime': 7 }] });
  expect(answer.body).toMatchObject({ shape: 'bulkdata-json', events: [{ event: { subject: 'A1' } }] });
});

test('a compressed message is inflated', async () => {
  const answer = await explain().type('application/octet-stream').send(gzipSync(informXml()));
  expect(answer.body).toMatchObject({ shape: 'cwmp' });
});

test('a message that is refused is explained as well', async () => {
  const answer = await explain().type('application/json').send('{');
  expect([answer.status, (answer.body as { refusal: { code: string } }).refusal.code]).toEqual([
    200,
    'invalid_json',
  ]);
});

test.each([
  ['a viewer', 'Bearer viewer', 403],
  ['nobody', '', 401],
])('%s may not', async (_who, authorization, status) => {
  const answer = await request(app).post('/v1/explain').set('authorization', authorization).send({});
  expect(answer.status).toBe(status);
});

test('a longer message is refused', async () => {
  const answer = await explain()
    .type('text/plain')
    .send('x'.repeat(EXPLAIN_BODY_BYTES + 1));
  expect([answer.status, (answer.body as { code: string }).code]).toEqual([413, 'body_too_large']);
});

test('an unknown shape is refused', async () => {
  expect((await explain('?as=fax').send({})).status).toBe(400);
  expect((await request(app).get('/v1/explain')).status).toBe(405);
});

test('it is described', () => {
  expect(book.routes()).toHaveLength(1);
});
