import fc from 'fast-check';
import type { CpeEvent } from '@cpemon/domain';
import { readArrayBody, readSingleBody, type ReadBody } from './body-reader.js';
import { isRefusal } from './refusal.js';
import { HEARTBEAT_FORMAT, TELEMETRY_FORMAT, WEBHOOK_FORMAT, type RequestContext } from './report-reader.js';

const NOW = Date.parse('2026-11-21T11:32:10.000Z');
const CANONICAL = {
  ...{ sn: 'SIM-00000001', ts: '2026-11-21T11:32:00.000Z', interval_seconds: 60, wan_ip: '100.64.12.34' },
  ...{ sw_version: 'V5R020C10S115', hw_version: '168D.A', manufacturer: 'Huawei', model: 'EG8145V5' },
  ...{
    cpu_pct: 12.5,
    mem_pct: 48.2,
    uptime_seconds: 123456,
    temperature_celsius: 48.5,
    rx_power_dbm: -19.42,
  },
  ...{ tx_power_dbm: 2.21, wifi_clients: 7, wan_rx_bytes: 123456789012, wan_tx_bytes: 12345678901 },
};

let made = 0;
const request = (more: Partial<RequestContext> = {}): RequestContext => ({
  nowMs: NOW,
  randomId: () => `random-${(made += 1)}`,
  correlationId: 'c-1',
  ...more,
});
const bytes = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const heartbeat = (value: unknown, more?: Partial<RequestContext>) =>
  readSingleBody(bytes(value), HEARTBEAT_FORMAT, request(more));

function accepted(result: object): ReadBody {
  if (isRefusal(result)) throw new Error(`refused: ${JSON.stringify(result)}`);
  return result as ReadBody;
}
const eventOf = (value: unknown, more?: Partial<RequestContext>): CpeEvent =>
  accepted(heartbeat(value, more)).events[0]!;

test('a heartbeat becomes an event in our names and units', () => {
  expect(accepted(heartbeat(CANONICAL))).toEqual({
    events: [
      {
        id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        source: '/heartbeat',
        type: 'cpemon.heartbeat.v1',
        subject: 'SIM-00000001',
        time: '2026-11-21T11:32:00.000Z',
        correlationid: 'c-1',
        data: {
          interval_seconds: 60,
          attributes: {
            wan_ip: '100.64.12.34',
            sw_version: 'V5R020C10S115',
            hw_version: '168D.A',
            manufacturer: 'Huawei',
            model: 'EG8145V5',
          },
          metrics: {
            cpu_used_ratio: 0.125,
            memory_used_ratio: 0.482,
            uptime_seconds: 123456,
            temperature_celsius: 48.5,
            rx_power_dbm: -19.42,
            tx_power_dbm: 2.21,
            wifi_clients: 7,
            wan_rx_bytes: 123456789012,
            wan_tx_bytes: 12345678901,
          },
        },
      },
    ],
    rejected: [],
    drops: {},
  });
});

test('the heartbeat of the Go prototype is understood', () => {
  const sent =
    '{"sn":"CPE123","wan_ip":"10.0.0.1","sw_version":"1.0.3","cpu_pct":17,"mem_pct":42,"host":"vm1","ts":1795260718250}';
  expect(eventOf(sent)).toMatchObject({
    subject: 'CPE123',
    time: '2026-11-21T11:31:58.250Z',
    data: {
      attributes: { wan_ip: '10.0.0.1', sw_version: '1.0.3' },
      metrics: { cpu_used_ratio: 0.17, memory_used_ratio: 0.42 },
      extra: { host: 'vm1' },
    },
  });
});

test('an ACS event carries identity, event codes and the time at which the ACS saw it', () => {
  const sent = {
    sn: 'A1',
    event_ts: '2026-11-21T12:31:58+01:00',
    ts: 1,
    oui: '00259e',
    product_class: 'EG8145V5',
    event_codes: ['1 BOOT'],
    event: '1 BOOT, 4 VALUE CHANGE',
    wan_ip: '2001:db8::1',
  };
  const { events, drops } = accepted(readSingleBody(bytes(sent), WEBHOOK_FORMAT, request()));
  expect(drops).toEqual({});
  expect(events[0]).toMatchObject({
    source: '/webhook',
    type: 'cpemon.acs-event.v1',
    oui: '00259E',
    productclass: 'EG8145V5',
    time: '2026-11-21T11:31:58.000Z',
    data: { event_codes: ['1 BOOT', '4 VALUE CHANGE'], attributes: { wan_ip: '2001:db8::1' } },
  });
});

describe('a bad value loses only itself', () => {
  test.each([
    ['cpu_pct', '"NaN"', 'not_a_number'],
    ['cpu_pct', 'NaN', 'not_a_number'],
    ['cpu_pct', '-Infinity', 'not_a_number'],
    ['cpu_pct', '-5', 'out_of_range'],
    ['cpu_pct', '100.01', 'out_of_range'],
    ['cpu_pct', '"-5"', 'out_of_range'],
    ['cpu_pct', '1e999', 'out_of_range'],
    ['cpu_pct', '""', 'not_a_number'],
    ['cpu_pct', '"0x10"', 'not_a_number'],
    ['cpu_pct', 'true', 'wrong_type'],
    ['cpu_pct', '[12]', 'wrong_type'],
    ['cpu_pct', '{"value":12}', 'wrong_type'],
    ['uptime_seconds', '-1', 'out_of_range'],
    ['interval_seconds', '0', 'out_of_range'],
    ['interval_seconds', '31536000', 'out_of_range'],
    ['wan_ip', '"300.1.1.1"', 'not_an_address'],
    ['wan_ip', '"fe80::zz"', 'not_an_address'],
    ['wan_ip', '7', 'wrong_type'],
    ['model', `"${'x'.repeat(65)}"`, 'too_long'],
    ['model', '"a\\u0000b"', 'bad_characters'],
    ['model', '"\\ud800"', 'bad_characters'],
    ['ts', '"2026-02-30T00:00:00Z"', 'time_unreadable'],
    ['ts', '"1970-01-01T00:00:05Z"', 'time_before_2015'],
    ['ts', '"0001-01-01T00:00:00Z"', 'time_before_2015'],
    ['ts', '"2099-01-01T00:00:00Z"', 'time_ahead'],
    ['ts', '"2026-11-21T11:32:00"', 'time_without_zone'],
    ['ts', '{}', 'time_unreadable'],
    ['vendor', '{"a":1}', 'nested'],
    ['vendor', '[1]', 'nested'],
    ['vendor', `"${'x'.repeat(257)}"`, 'too_long'],
    ['vendor', '1e999', 'out_of_range'],
    ['__proto__', '1', 'bad_name'],
    ['constructor', '"x"', 'bad_name'],
    ['a\\u0000b', '"x"', 'bad_name'],
    ['x'.repeat(65), '"x"', 'bad_name'],
  ])('%s: %s is dropped as %s', (name, value, reason) => {
    const body = accepted(heartbeat(`{"sn":"A1","mem_pct":50,"${name}":${value}}`));
    expect(body.drops).toEqual({ [reason]: 1 });
    const [event] = body.events;
    expect(event?.subject).toBe('A1');
    const { raw_time: _raw, ...data } = event!.data;
    expect(data).toEqual({ metrics: { memory_used_ratio: 0.5 } });
  });

  test('numbers as text are read as numbers', () => {
    const { events, drops } = accepted(
      heartbeat({ sn: 'A1', cpu_pct: ' 12.5 ', uptime_seconds: '1e3', interval_seconds: '60' }),
    );
    expect(drops).toEqual({});
    expect(events[0]?.data).toEqual({
      interval_seconds: 60,
      metrics: { cpu_used_ratio: 0.125, uptime_seconds: 1000 },
    });
  });

  test('null and empty text mean that nothing is said', () => {
    const sent = { sn: 'A1', cpu_pct: null, model: '', wan_ip: null, ts: null, other: null };
    const { events, drops } = accepted(heartbeat(sent));
    expect(drops).toEqual({});
    expect(events[0]?.data).toEqual({});
  });

  test('a time that is not believed stays beside the event as it was sent', () => {
    const event = eventOf({ sn: 'A1', ts: '1970-01-01T00:00:05Z' });
    expect(event.time).toBeUndefined();
    expect(event.data.raw_time).toBe('1970-01-01T00:00:05Z');
  });

  test('the next time that is given counts when the first is not believed', () => {
    const event = eventOf({ sn: 'A1', ts: 12, last_seen: '2026-11-21T11:32:00Z' });
    expect(event.time).toBe('2026-11-21T11:32:00.000Z');
    expect(event.data.raw_time).toBeUndefined();
  });
});

describe('fields that no name of ours covers', () => {
  test('scalars are kept as they are', () => {
    expect(eventOf({ sn: 'A1', host: 'vm1', ports: 4, dsl: false }).data.extra).toEqual({
      ...{ host: 'vm1', ports: 4, dsl: false },
    });
  });

  test('secrets never reach the event', () => {
    const names = [
      'KeyPassphrase',
      'PreSharedKey',
      'SAEPassphrase',
      'ppp_password',
      'radiusSecret',
      'WifiPass',
    ];
    const event = eventOf({ sn: 'A1', ...Object.fromEntries(names.map((name) => [name, 'hunter22'])) });
    expect(JSON.stringify(event)).not.toContain('hunter22');
    expect(Object.keys(event.data.extra ?? {})).toEqual(names);
  });

  test('there are at most 64 of them, and 4,096 characters in all', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, n]));
    const { events, drops } = accepted(heartbeat({ sn: 'A1', ...many }));
    expect(Object.keys(events[0]?.data.extra ?? {})).toHaveLength(64);
    expect(drops).toEqual({ too_many_fields: 936 });
    const long = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`f${n}`, 'x'.repeat(256)]));
    expect(JSON.stringify(eventOf({ sn: 'A1', ...long })).length).toBeLessThan(5000);
  });

  test('no name reaches the prototype of anything', () => {
    const event = eventOf(
      '{"sn":"A1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(event.data).toEqual({});
    const inherited = heartbeat('{"__proto__":{"sn":"A1"}}');
    expect(inherited).toMatchObject({ code: 'missing_sn' });
  });
});

describe('a bad body or identity is refused', () => {
  test.each([
    ['an empty body', '', 'invalid_json'],
    ['blanks', ' \n', 'invalid_json'],
    ['truncated JSON', '{"sn":"A1"', 'invalid_json'],
    ['an array', '[{"sn":"A1"}]', 'invalid_json'],
    ['a string', '"A1"', 'invalid_json'],
    ['null', 'null', 'invalid_json'],
    ['a bare NaN as the body', 'NaN', 'invalid_json'],
    ['truncated JSON with a NaN', '{"sn":"A1","cpu_pct":NaN', 'invalid_json'],
    ['no serial number', '{}', 'missing_sn'],
    ['a null serial number', '{"sn":null}', 'missing_sn'],
    ['an empty serial number', '{"sn":" "}', 'missing_sn'],
    ['10,000 characters', { sn: 'x'.repeat(10_000) }, 'invalid_sn'],
    ['NUL', { sn: 'A\0' }, 'invalid_sn'],
    ['an emoji', { sn: 'A\u{1F600}' }, 'invalid_sn'],
    ['an object as serial number', { sn: {} }, 'invalid_sn'],
    ['nesting 200 deep', `{"sn":"A1","x":${'['.repeat(200)}${']'.repeat(200)}}`, 'too_deep'],
    ['nesting without an end', '{"a":'.repeat(10_000), 'too_deep'],
  ])('%s', (_name, sent, code) => {
    expect(heartbeat(sent)).toMatchObject({ code });
  });

  test('invalid UTF-8', () => {
    const body = Buffer.concat([bytes('{"sn":"A1'), Buffer.from([0xff, 0xfe]), bytes('"}')]);
    expect(readSingleBody(body, HEARTBEAT_FORMAT, request())).toMatchObject({ code: 'invalid_utf8' });
  });

  test('a byte order mark is no reason', () => {
    expect(eventOf('\uFEFF{"sn":"A1"}').subject).toBe('A1');
  });
});

describe('identity', () => {
  test('the same body again is the same event', () => {
    expect(eventOf(CANONICAL).id).toBe(eventOf(CANONICAL).id);
  });

  test('two different events of one device in one millisecond are two', () => {
    expect(eventOf(CANONICAL).id).not.toBe(eventOf({ ...CANONICAL, cpu_pct: 13 }).id);
  });

  test('an event without id and believable time is a new one each time', () => {
    for (const ts of [undefined, 0, '2026-11-21T11:32:00']) {
      expect(eventOf({ sn: 'A1', ts }).id).not.toBe(eventOf({ sn: 'A1', ts }).id);
    }
  });

  test("the sender's id is taken, with the place in the body", () => {
    expect(eventOf({ sn: 'A1' }, { senderId: 'msg_1' }).id).toBe('msg_1:0');
    const { events } = accepted(
      readArrayBody(bytes([{ sn: 'A1' }, { sn: 'A1' }]), TELEMETRY_FORMAT, request({ senderId: 'msg_1' })),
    );
    expect(events.map(({ id }) => id)).toEqual(['msg_1:0', 'msg_1:1']);
  });
});

describe('an array', () => {
  const array = (value: unknown) => readArrayBody(bytes(value), TELEMETRY_FORMAT, request());

  test('a bad event refuses itself and not its neighbours', () => {
    const deep = JSON.parse('['.repeat(40) + ']'.repeat(40));
    const body = accepted(
      array([CANONICAL, 7, {}, { sn: 'é' }, { sn: 'A2', x: deep }, { sn: 'A3', cpu_pct: -1 }, []]),
    );
    expect(body.events.map(({ subject }) => subject)).toEqual(['SIM-00000001', 'A3']);
    expect(body.rejected).toEqual([
      { index: 1, reason: 'invalid_json' },
      { index: 2, reason: 'missing_sn' },
      { index: 3, reason: 'invalid_sn' },
      { index: 4, reason: 'too_deep' },
      { index: 6, reason: 'invalid_json' },
    ]);
    expect(body.drops).toEqual({ out_of_range: 1 });
  });

  test('an event has one identity in every batch', () => {
    const alone = accepted(array([CANONICAL])).events[0]!;
    const second = accepted(array(`[ {"sn":"A0"} ,\n ${JSON.stringify(CANONICAL)} ]`)).events[1]!;
    expect(second.id).toBe(alone.id);
  });

  test('an event is in an array what it is alone, whatever its text and whatever stands around it', () => {
    const blanks = fc.stringMatching(/^[ \n\r\t]{0,2}$/);
    const text = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', 'x', 'é', '\ud800'),
    });
    const flat = fc.record({
      sn: fc.constantFrom('A1', '{', '}'),
      ts: fc.constant(CANONICAL.ts),
      model: text,
    });
    const nested = fc.record({
      ...{ sn: fc.constant('A2'), ts: fc.constant(CANONICAL.ts) },
      x: fc.jsonValue(),
    });
    const element = fc.tuple(blanks, fc.oneof({ weight: 5, arbitrary: flat }, nested), blanks);
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 4 }), (elements) => {
        const body = `[${elements.map(([before, value, after]) => before + JSON.stringify(value) + after).join()}]`;
        const alone = elements.map(
          ([, value]) => accepted(readSingleBody(bytes(value), TELEMETRY_FORMAT, request())).events[0],
        );
        expect(accepted(array(body))).toMatchObject({ events: alone, rejected: [] });
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a string looks like the border of two', '[{"sn":"A1","model":"},{"}]'],
    ['a string ends in a brace', '[{"sn":"A1","model":"}"}]'],
    ['a bracket stands in a string', '[{"sn":"A1","model":"]"} ]'],
    ['a string looks like the end of the body', '[{"sn":"A1","model":"}]"}]'],
    ['a number is a bare word', '[{"sn":"A1","cpu_pct":NaN}]'],
  ])('is one event where %s', (_name, text) => {
    expect(accepted(array(text)).events.map(({ subject }) => subject)).toEqual(['A1']);
  });

  test('deep nesting is refused without being built, however much of it there is', () => {
    const deep = `{"sn":"A1","x":${'[{"y":'.repeat(100)}1${'}]'.repeat(100)}}`;
    const many = `[${Array(4000).fill(deep).join()}]`;
    expect(many.length).toBeGreaterThan(3 * 2 ** 20);
    const rejected = Array.from({ length: 4000 }, (_, index) => ({ index, reason: 'too_deep' }));
    expect(array(many)).toEqual(expect.objectContaining({ code: 'all_events_refused', rejected }));
  });

  test('a single object is an array of one, and an empty array is nothing', () => {
    expect(accepted(array({ sn: 'A1' })).events).toHaveLength(1);
    expect(accepted(array([])).events).toEqual([]);
  });

  test('refused as a whole when no event of it is accepted', () => {
    expect(array([{}, 1])).toMatchObject({
      code: 'all_events_refused',
      rejected: [
        { index: 0, reason: 'missing_sn' },
        { index: 1, reason: 'invalid_json' },
      ],
    });
  });

  test('at most 5,000 events', () => {
    expect(accepted(array(Array(5000).fill({ sn: 'A1' }))).events).toHaveLength(5000);
    expect(array(Array(5001).fill({ sn: 'A1' }))).toMatchObject({ code: 'too_many_events' });
  });

  test.each([
    ...['[', '[{"sn":"A1"},', '[{"sn":"A1"},]', '[{"sn":"A1"}{"sn":"A2"}]', '[1 2]', '[{"sn":"A1"}]]'],
    ...[
      '[{"sn":"A1"}] x',
      '[{"sn":"A1"},\u00a0{"sn":"A2"}]',
      '\u00a0[{"sn":"A1"}]',
      '[{"sn":"A1"},{"sn":"A2}]',
    ],
  ])('%p is not JSON', (text) => {
    expect(array(text)).toMatchObject({ code: 'invalid_json' });
  });
});

test('whatever the bytes, the answer is events or a refusal', () => {
  const looksLikeReport = fc.dictionary(
    fc.constantFrom('sn', 'ts', 'cpu_pct', 'wan_ip', 'model', 'event_codes', '__proto__', 'other', 'key'),
    fc.jsonValue(),
  );
  const text = fc.oneof(
    fc.json(),
    looksLikeReport.map((value) => JSON.stringify(value)),
    fc.array(looksLikeReport).map((value) => JSON.stringify(value)),
    fc.string(),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(HEARTBEAT_FORMAT, WEBHOOK_FORMAT), (body, format) => {
      for (const result of [
        readSingleBody(Buffer.from(body), format, request()),
        readArrayBody(Buffer.from(body), format, request()),
      ]) {
        if (isRefusal(result)) continue;
        for (const { subject, data } of result.events) {
          expect(subject).toMatch(/^[\x20-\x7e]{1,64}$/);
          for (const value of Object.values(data.metrics ?? {})) expect(Number.isFinite(value)).toBe(true);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
