import {
  EVENT_SCHEMAS,
  TELEMETRY_FORMAT,
  isRefusal,
  readArrayBody,
  type RequestContext,
} from '@cpemon/contracts';
import { eventsOfMessage, readEnvelope } from '@cpemon/cwmp';
import { EVENT_TYPES } from '@cpemon/domain';
import fc from 'fast-check';
import { CWMP_CORPUS } from '../corpus/cwmp';
import { wrongBySchema } from '../support/event-schema-check';

const REQUEST: RequestContext = {
  ...{ nowMs: Date.parse('2026-11-21T12:00:00Z'), randomId: () => 'random', correlationId: 'c-1' },
};

test('every type of event has a schema', () => {
  expect(Object.keys(EVENT_SCHEMAS).sort()).toEqual([...EVENT_TYPES].sort());
});

test('every event of a CPE’s messages is as its schema says', () => {
  const device = { serialNumber: 'A1', oui: '00259E', productClass: 'X', time: '2026-11-21T12:00:00.000Z' };
  const types = new Set<string>();
  for (const [, rows] of CWMP_CORPUS) {
    for (const row of rows) {
      const message = readEnvelope(row.body, row.contentType ?? 'text/xml');
      if (isRefusal(message)) continue;
      const read = eventsOfMessage(message, { path: 'cwmp', request: REQUEST, device });
      if (isRefusal(read)) continue;
      for (const event of read.events) {
        types.add(event.type);
        expect([row.name, ...wrongBySchema(event)]).toEqual([row.name]);
      }
    }
  }
  expect([...types].sort()).toEqual(['cpemon.inform.v1', 'cpemon.parameters.v1', 'cpemon.rpc.v1']);
});

test('every event of a batch, whatever its elements say, is as its schema says', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.double(),
    fc.constantFrom('12.5', '203.0.113.9', '2026-11-21T11:59:00Z', '1970-01-01T00:00:10Z', '00259e', 300),
  );
  const name = fc.oneof(
    fc.constantFrom(
      'ts',
      'last_seen',
      'interval_seconds',
      'oui',
      'product_class',
      'wan_ip',
      'sw_version',
      'model',
    ),
    fc.constantFrom(
      'cpu_pct',
      'mem_pct',
      'uptime_seconds',
      'rx_power_dbm',
      'wifi_clients',
      '__proto__',
      'password',
    ),
    fc.string({ unit: 'binary', maxLength: 70 }),
  );
  const element = fc.dictionary(name, value, { maxKeys: 20 }).map((fields) => ({ ...fields, sn: 'A1' }));
  fc.assert(
    fc.property(fc.array(element, { maxLength: 5 }), (elements) => {
      const read = readArrayBody(Buffer.from(JSON.stringify(elements)), TELEMETRY_FORMAT, REQUEST);
      if (isRefusal(read)) throw new Error(read.code);
      expect(read.events.flatMap(wrongBySchema)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
