import fc from 'fast-check';
import { wrongBySchema } from '../../../../tests/support/event-schema-check.js';
import { isRefusal } from '../refusal.js';
import type { RequestContext } from '../report-reader.js';
import { readCloudEvents, type ContentMode } from './cloud-event-body.js';
import { createEventKinds } from './event-kinds.js';

const RULES = { kinds: createEventKinds('taken') };
const REQUEST: RequestContext = {
  ...{ nowMs: Date.parse('2026-11-21T12:00:00Z'), randomId: () => 'random', correlationId: 'c-1' },
};
const TYPES = [...RULES.kinds.keys(), 'cpemon.inform.v1', ''];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800'),
);
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  text,
  fc.constantFrom('NaN', '1970-01-01T00:00:00Z', 1e300),
);
const data = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'sn',
      'ts',
      'observer',
      'observed',
      'state',
      'text',
      'rx_power_dbm',
      'wan_ip',
      'fail',
      'until',
    ),
    fc.constantFrom('type', 'event', 'event_codes', 'interval_seconds', '__proto__', 'olt_rx_power_dbm'),
    text,
  ),
  fc.oneof(anything, fc.constantFrom('olt', 'dying_gasp', 'raised', 'always', -20, '203.0.113.9')),
);
const event = fc
  .record({
    ...{ specversion: fc.constant('1.0'), id: fc.oneof(text, fc.constant('1')), source: fc.constant('//x') },
    ...{ type: fc.constantFrom(...TYPES), subject: fc.oneof(fc.constant('A1'), text), time: anything },
    ...{ data: fc.oneof(data, anything), traceparent: text, correlationid: text },
  })
  .chain((known) => fc.dictionary(text, anything, { maxKeys: 5 }).map((more) => ({ ...more, ...known })));
const mode = fc.constantFrom<ContentMode>('binary', 'structured', 'batch', 'json');

const read = (body: string | Buffer, how: ContentMode, headers: Record<string, string> = {}) =>
  readCloudEvents(Buffer.from(body as string), how, headers, RULES, REQUEST);

test('of whatever CloudEvents say, what is taken is as the schemas say, under a source of ours', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), (events) => {
      const result = read(JSON.stringify(events), 'batch');
      if (isRefusal(result)) {
        expect(result.code).toBe('all_events_refused');
        return;
      }
      taken += result.taken;
      expect(result.taken + result.rejected.length).toBe(events.length);
      for (const one of result.events) {
        expect(wrongBySchema(one)).toEqual([]);
        expect(one.source).toMatch(/^\/events$|^\/observation\/[a-z]+$/);
      }
    }),
    { numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(100);
});

test('a bad event changes nothing of what its neighbours say', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 4 }), event, fc.nat(4), (events, other, at) => {
      const eventsOf = (list: unknown[]) => {
        const result = read(JSON.stringify(list), 'batch');
        return isRefusal(result) ? [] : result.events;
      };
      const alone = events.map((each) => eventsOf([each]));
      const among = eventsOf([...events.slice(0, at), other, ...events.slice(at)]);
      const ofOther = eventsOf([other]);
      expect(among).toEqual([...alone.slice(0, at).flat(), ...ofOther, ...alone.slice(at).flat()]);
    }),
    { numRuns: 200 },
  );
});

test('no body and no header makes the reader throw', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each)),
    text,
  );
  const headers = fc.dictionary(
    fc.oneof(fc.constantFrom('ce-id', 'ce-type', 'ce-source', 'ce-specversion', 'ce-subject'), text),
    fc.oneof(text, fc.constantFrom('1.0', 'cpemon.heartbeat.v1', '%', '%zz', '%F0%9F', '"a\\"')),
  );
  fc.assert(
    fc.property(bytes, mode, headers, (body, how, given) => {
      expect(read(body, how, given)).toBeInstanceOf(Object);
    }),
    { numRuns: 1000 },
  );
});
