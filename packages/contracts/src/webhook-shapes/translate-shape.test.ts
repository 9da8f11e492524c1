import fc from 'fast-check';
import { readArrayBody } from '../body-reader.js';
import { isRefusal } from '../refusal.js';
import { WEBHOOK_FORMAT } from '../report-reader.js';
import { EVENT_PARAMETERS } from '../body-limits.js';
import type { CpeEvent } from '@cpemon/domain';

const request = { nowMs: Date.parse('2026-03-01T10:00:00Z'), randomId: () => 'random', correlationId: 'c' };
const read = (body: unknown): ReturnType<typeof readArrayBody> =>
  readArrayBody(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), WEBHOOK_FORMAT, request);

function eventOf(body: unknown): { event: CpeEvent; drops: object } {
  const result = read(body);
  if (isRefusal(result)) throw new Error(`refused: ${result.code}`);
  return { event: result.events[0]!, drops: result.drops };
}

const NAMES = [
  ...[
    'sn',
    'serial',
    'SerialNumber',
    '_deviceId',
    '_SerialNumber',
    'acs_id',
    '_id',
    'id',
    'mac',
    'oui',
    'productClass',
  ],
  ...[
    'ts',
    'timestamp',
    '_lastInform',
    'event',
    'events',
    'event_codes',
    'eventType',
    'type',
    'EventCode',
    'CommandKey',
  ],
  ...[
    'fault',
    'fault_code',
    'detail',
    'message',
    'retryCount',
    'tags',
    '_tags',
    'data',
    'common',
    'wan',
    'device',
    'value',
  ],
  ...[
    'parameters',
    'parameterList',
    'name',
    'Name',
    'Value',
    'Device',
    'InternetGatewayDevice',
    'Events',
    'Inform',
    '_value',
  ],
  ...[
    '_type',
    '_timestamp',
    '_object',
    'Device.DeviceInfo.UpTime',
    'Device.',
    '.x',
    '__proto__',
    'constructor',
    'unknown',
  ],
];
const { body: anyBody } = fc.letrec((tie) => ({
  body: fc.oneof(
    { maxDepth: 6 },
    fc.oneof(
      fc.constantFrom(
        ...[
          'A1',
          '00259E-X-A1',
          '1 BOOT',
          '2026-03-01T10:00:00Z',
          '9005',
          '',
          ' ',
          '\u0000',
          '\ud800',
          'fault',
        ],
      ),
      fc.constantFrom(...[0, -1, 1e308, 1772359200, true, false, null]),
      fc.string(),
    ),
    fc.array(tie('body'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie('body')), { maxLength: 8 })
      .map((entries) => Object.fromEntries(entries) as object),
  ),
}));

test('whatever the shape, there are events within their bounds or a refusal', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const result = read(body);
      if (isRefusal(result)) return;
      for (const event of result.events) {
        expect(event.subject).toMatch(/^[\x20-\x7e]{1,64}$/);
        expect(event.id).not.toBe('');
        const { data } = event;
        for (const code of data.event_codes ?? []) expect(code).toMatch(/^[^\p{Cc}\p{Cs}]{1,64}$/u);
        expect(data.command_keys?.length ?? data.event_codes?.length).toBe(data.event_codes?.length);
        for (const path of Object.keys(data.parameters ?? {})) expect(path).toContain('.');
        expect(Object.keys(data.extra ?? {}).length).toBeLessThanOrEqual(64);
      }
      expect(Object.prototype).not.toHaveProperty('value');
    }),
    { numRuns: 3000 },
  );
});

test('no more parameters are read than may be, and what is left out is counted', () => {
  const parameters = Object.fromEntries(
    Array.from({ length: EVENT_PARAMETERS + 5 }, (_, index) => [`Device.X.${index}`, index]),
  );
  const { event, drops } = eventOf({ serial: 'A1', parameters });
  expect(Object.keys(event.data.parameters!)).toHaveLength(EVENT_PARAMETERS);
  expect(drops).toEqual({ too_many_fields: 5 });
});

test('values and paths that are too long are left out', () => {
  const { event, drops } = eventOf({
    serial: 'A1',
    parameters: {
      [`Device.${'x'.repeat(300)}`]: 1,
      'Device.A': 'x'.repeat(1025),
      'Device.B': 'x'.repeat(1024),
    },
  });
  expect(Object.keys(event.data.parameters!)).toEqual(['Device.B']);
  expect(drops).toEqual({ bad_name: 1, too_long: 1 });
});

test('wrappers inside each other are looked into up to a bound', () => {
  const wrap = (levels: number): unknown => (levels === 0 ? { serial: 'A1' } : { data: wrap(levels - 1) });
  expect(eventOf(wrap(5)).event.subject).toBe('A1');
  expect(read(wrap(6))).toMatchObject({ code: 'missing_sn' });
});

test('what stands nearer to the top goes before what is wrapped', () => {
  expect(eventOf({ data: { serial: 'B', model: 'wrapped' }, serial: 'A' }).event).toMatchObject({
    ...{ subject: 'A', data: { attributes: { model: 'wrapped' } } },
  });
});

test('an unusual value of the flat shape is no other shape', () => {
  const { event, drops } = eventOf('{"sn":"A1","cpu_pct":{"value":1},"x":{"serial":"B"}}');
  expect(event).toMatchObject({ subject: 'A1', data: {} });
  expect(drops).toEqual({ wrong_type: 1, nested: 1 });
});

test('a secret has no part in the identity of an event, and everything else has', () => {
  const idOf = (more: object): string =>
    eventOf({ acs_id: '00259E-X-A1', ts: '2026-03-01T09:00:00Z', ...more }).event.id;
  const alike: [object, object][] = [
    [{ WifiPass: 'a' }, { WifiPass: 'b' }],
    [{ parameters: { 'Device.X.KeyPassphrase': 'a' } }, { parameters: { 'Device.X.KeyPassphrase': 'b' } }],
    [
      { parameters: [{ name: 'Device.X.Password', value: 'a' }] },
      { parameters: [{ name: 'Device.X.Password', value: 'b' }] },
    ],
    [{ parameterList: [['Device.X.PSK', 'a']] }, { parameterList: [['Device.X.PSK', 'b']] }],
    [
      { Device: { X: { PreSharedKey: { _value: 'a' } } } },
      { Device: { X: { PreSharedKey: { _value: 'b' } } } },
    ],
  ];
  for (const [one, other] of alike) expect(idOf(one)).toBe(idOf(other));
  const different: [object, object][] = [
    [{ x: { y: 1 } }, { x: { y: 2 } }],
    [
      { events: [{ EventCode: 'M Reboot', CommandKey: 'a' }] },
      { events: [{ EventCode: 'M Reboot', CommandKey: 'b' }] },
    ],
    [{ parameters: { 'Device.X.Y': 'a' } }, { parameters: { 'Device.X.Y': 'b' } }],
  ];
  for (const [one, other] of different) expect(idOf(one)).not.toBe(idOf(other));
});
