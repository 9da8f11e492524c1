import express from 'express';
import request from 'supertest';
import type { HistoryPoint } from '@cpemon/history';
import type { HistoryWish } from '@cpemon/store';
import { createHistoryRoutes } from './history-routes.js';
import type { HistoryAnswer } from './history-reads.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const MINUTE = 60_000;

const reading = (t: number, value: number): HistoryPoint => ({
  ...{ t, min: value, mean: value, max: value, last: value, count: 1 },
});

function apiWith(points: Record<string, HistoryPoint[]>, found: HistoryAnswer['found'] = 'one') {
  const wishes: HistoryWish[] = [];
  const routes = createHistoryRoutes({
    gates: [],
    now: () => NOW,
    readHistory: (id, wish) => {
      wishes.push(wish);
      if (found === 'none') return Promise.resolve({ found });
      if (found === 'several') return Promise.resolve({ found, deviceIds: [1, 2] });
      const history = { tier: 'samples' as const, points: new Map(Object.entries(points)) };
      return Promise.resolve({ found, deviceId: Number(id), history });
    },
  });
  const get = (query: string) => request(express().use(routes)).get(`/v1/devices/7/history?${query}`);
  return { wishes, get };
}

test('a line says metric, unit and tier, and has no point where nothing was read', async () => {
  const { get, wishes } = apiWith({
    rx_power_dbm: [reading(NOW - 10 * MINUTE, -21), reading(NOW - MINUTE, -22)],
  });
  const { status, body } = await get('metric=rx_power_dbm&from=2026-11-21T11:00:00Z');
  expect(status).toBe(200);
  expect(body).toEqual({
    ...{ metric: 'rx_power_dbm', unit: 'dBm', tier: 'samples' },
    ...{ from: '2026-11-21T11:00:00.000Z', to: '2026-11-21T12:00:00.000Z' },
    points: [
      { t: '2026-11-21T11:50:00.000Z', min: -21, mean: -21, max: -21, last: -21, count: 1 },
      { t: '2026-11-21T11:59:00.000Z', min: -22, mean: -22, max: -22, last: -22, count: 1 },
    ],
  });
  expect(wishes[0]).toEqual({ metrics: ['rx_power_dbm'], from: NOW - 3_600_000, to: NOW, points: 300 });
});

test('no more points come than were asked for', async () => {
  const readings = Array.from({ length: 60 }, (_, n) => reading(NOW - (60 - n) * MINUTE, n));
  const { body } = await apiWith({ cpu: readings }).get('metric=cpu&from=2026-11-21T11:00:00Z&points=6');
  const { points } = body as { points: { count: number; max: number }[] };
  expect(points.map(({ count, max }) => [count, max])).toEqual(
    [9, 19, 29, 39, 49, 59].map((max) => [10, max]),
  );
});

test('a counter is told as a rate, with the reasons of what has none', async () => {
  const wan = [reading(NOW - 3 * MINUTE, 1000), reading(NOW - 2 * MINUTE, 7000), reading(NOW - MINUTE, 100)];
  const { get, wishes } = apiWith({ wan_rx_bytes: wan });
  const { body } = await get('metric=wan_rx_bytes&as=rate');
  expect(body).toMatchObject({
    unit: 'bytes/s',
    points: [{ t: '2026-11-21T11:58:00.000Z', last: 100 }],
    without_rate: { went_back: 1, restarted: 0, not_available: 0 },
  });
  expect(wishes[0]?.metrics).toEqual(['wan_rx_bytes', 'uptime_seconds']);
});

test.each([
  '',
  'metric=',
  'metric=a&metric=b',
  `metric=${'x'.repeat(129)}`,
  'metric=cpu&from=yesterday',
  'metric=cpu&from=2026-11-21T11:00:00',
  'metric=cpu&from=2026-11-21T13:00:00Z',
  'metric=cpu&from=1990-01-01',
  'metric=cpu&to[]=1',
  'metric=cpu&points=0',
  'metric=cpu&points=1e3',
  'metric=cpu&points=99999',
  'metric=cpu&as=rate',
  'metric=cpu&as=median',
])('a question that makes no sense is refused: %s', async (query) => {
  const { status, body } = await apiWith({}).get(query);
  expect([status, (body as { code: string }).code]).toEqual([400, 'invalid_parameter']);
});

test('a device that nobody knows is 404, a serial number of several 409 with their keys', async () => {
  expect((await apiWith({}, 'none').get('metric=cpu')).status).toBe(404);
  const { status, body } = await apiWith({}, 'several').get('metric=cpu');
  expect([status, (body as { candidates: unknown }).candidates]).toEqual([409, [{ id: 1 }, { id: 2 }]]);
});
