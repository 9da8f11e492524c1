import { TEST_EVENT_TYPE } from '@cpemon/domain';
import { readArrayBody, type ReadBody } from './body-reader.js';
import { isRefusal } from './refusal.js';
import { HEARTBEAT_FORMAT, TELEMETRY_FORMAT, type ReportFormat } from './report-reader.js';

const TAKEN: ReportFormat = { ...TELEMETRY_FORMAT, testEvents: 'taken' };

function read(elements: object[], format: ReportFormat = TAKEN): ReadBody {
  const result = readArrayBody(Buffer.from(JSON.stringify(elements)), format, {
    nowMs: Date.parse('2026-11-21T11:32:10.000Z'),
    randomId: () => 'random',
    correlationId: 'c-1',
  });
  if (isRefusal(result) && !('rejected' in result)) throw new Error(JSON.stringify(result));
  return result as ReadBody;
}

const always = { sn: 'A1', type: TEST_EVENT_TYPE, fail: 'always' };
const until = { sn: 'A1', type: TEST_EVENT_TYPE, fail: 'until', until: '2026-11-21T13:00:00+01:00' };

test('a test event is a report that says how it fails, under the id it was given', () => {
  const { events } = read([{ ...until, id: 'poison-1', cpu_pct: 50, note: 'x' }, always]);
  expect(events).toMatchObject([
    {
      ...{ id: 'poison-1', source: '/telemetry', type: 'cpemon.test.v1', subject: 'A1' },
      data: {
        test: { fail: 'until', until: '2026-11-21T12:00:00.000Z' },
        metrics: { cpu_used_ratio: 0.5 },
        extra: { note: 'x' },
      },
    },
    { id: 'random', data: { test: { fail: 'always' } } },
  ]);
});

test('where test events are off they are refused by a code of their own, and their neighbours are not', () => {
  const { events, rejected } = read([{ sn: 'A1' }, always, { sn: 'B1' }], TELEMETRY_FORMAT);
  expect(rejected).toEqual([{ index: 1, reason: 'test_events_off' }]);
  expect(events.map(({ subject }) => subject)).toEqual(['A1', 'B1']);
});

test.each([
  { ...always, fail: 'sometimes' },
  { sn: 'A1', type: TEST_EVENT_TYPE },
  { ...until, until: undefined },
  { ...until, until: 'tomorrow' },
  { ...until, until: '2026-11-21T13:00:00' },
  { ...always, id: 'with space' },
  { ...always, id: 7 },
])('a test event that does not say how it fails is refused: %j', (element) => {
  expect(read([element, { sn: 'B1' }]).rejected).toEqual([{ index: 0, reason: 'invalid_test_event' }]);
});

test('elsewhere, and of any other type, `type` is a field like others', () => {
  expect(read([{ sn: 'A1', type: 'router', fail: 'never' }]).events[0]).toMatchObject({
    type: 'cpemon.heartbeat.v1',
    data: { extra: { type: 'router', fail: 'never' } },
  });
  expect(read([always], HEARTBEAT_FORMAT).events[0]?.type).toBe('cpemon.heartbeat.v1');
});
