import { isRefusal, type DropCounts, type Envelope } from '@cpemon/contracts';
import { readPushedReports } from './pushed-reports.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const REPORT = {
  Report: [
    { CollectionTime: '2026-11-21T11:55:00Z', 'Device.DeviceInfo.UpTime': 2108 },
    { CollectionTime: '2026-11-21T12:00:00Z', 'Device.DeviceInfo.UpTime': 2408 },
  ],
};
const PUSH = {
  ...{ obj_path: 'Device.BulkData.Profile.1.', event_name: 'Push!' },
  params: { Data: JSON.stringify(REPORT) },
};

/** @param subject 'none': the envelope names nobody */
function read(data: unknown, subject = 'A1', eventId = 'e') {
  const drops: DropCounts = {};
  const envelope: Envelope = { id: '1', source: '//controller', type: 'cpemon.bulkdata.v1' };
  if (subject !== 'none') envelope.subject = subject;
  const request = { nowMs: NOW, randomId: () => 'random', correlationId: 'c', eventId };
  const events = readPushedReports(data, envelope, request, drops);
  return {
    events: isRefusal(events) ? [] : events,
    code: isRefusal(events) ? events.code : undefined,
    drops,
  };
}

test('each retained report of a Push! is an event that the controller relays, oldest first', () => {
  const { events } = read(PUSH, 'os::012345-A1');
  expect(events).toMatchObject([
    { subject: 'A1', oui: '012345', type: 'cpemon.bulkdata.v1', data: { metrics: { uptime_seconds: 2108 } } },
    { subject: 'A1', oui: '012345', type: 'cpemon.bulkdata.v1', data: { metrics: { uptime_seconds: 2408 } } },
  ]);
  expect(events[0]?.data.profile).toBe('Device.BulkData.Profile.1');
  for (const { source } of events) expect(source).toMatch(/^\/events\/[\w-]{1,22}$/);
});

test.each<[string, object]>([
  ['the reports alone', REPORT],
  ['Data as an object', { Data: REPORT }],
  ['the whole Notify', { body: { request: { notify: { subscription_id: 's', event: PUSH } } } }],
  [
    'the JSON form of protobuf',
    { notify: { event: { objPath: PUSH.obj_path, eventName: 'Push!', params: PUSH.params } } },
  ],
])('%s is understood', (_what, data) => {
  expect(read(data).events.map(({ data: { metrics } }) => metrics?.['uptime_seconds'])).toEqual([2108, 2408]);
});

test('the agent may be named by the message', () => {
  const { events } = read({ from_id: 'os::012345-A7', notify: { event: PUSH } }, 'none');
  expect(events[0]).toMatchObject({ subject: 'A7', oui: '012345' });
  expect(read({ ...REPORT, sn: 'A8' }, 'none').events[0]?.subject).toBe('A8');
  expect(read(PUSH, 'none').code).toBe('missing_sn');
  expect(read(PUSH, 'ü').code).toBe('invalid_sn');
});

test('a retained report that comes again in a later Push! is the same event', () => {
  const again = { ...PUSH, params: { Data: { Report: [REPORT.Report[1]] } } };
  expect(read(again, 'A1', 'other').events[0]?.id).toBe(read(PUSH).events[1]?.id);
  const elsewhere = { ...again, obj_path: 'Device.BulkData.Profile.2.' };
  expect(read(elsewhere).events[0]?.id).not.toBe(read(PUSH).events[1]?.id);
});

test('reports that nothing tells apart have the identity of their CloudEvent', () => {
  const timeless = { Report: [{ 'Device.DeviceInfo.UpTime': 1 }, { 'Device.DeviceInfo.UpTime': 2 }] };
  const ids = (eventId: string) => read(timeless, 'A1', eventId).events.map(({ id }) => id);
  expect(ids('x')).toEqual(ids('x'));
  expect(new Set([...ids('x'), ...ids('y')]).size).toBe(4);
});

test.each<[string, unknown, string]>([
  ['no reports', { event_name: 'Push!', params: {} }, 'not_bulk_data'],
  ['an empty list', { Report: [] }, 'not_bulk_data'],
  ['reports that are none', { Report: [1, 2] }, 'not_bulk_data'],
  ['Data that is no JSON', { Data: '{"Report":[' }, 'invalid_json'],
  ['no object', 'x', 'not_bulk_data'],
])('%s is refused', (_what, data, code) => {
  expect(read(data).code).toBe(code);
});

test('an element that is no report loses only itself', () => {
  const { events, drops } = read({ Report: [7, REPORT.Report[1]] });
  expect(events).toHaveLength(1);
  expect(drops.wrong_type).toBe(1);
});
