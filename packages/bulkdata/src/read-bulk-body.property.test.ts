import fc from 'fast-check';
import { isRefusal } from '@cpemon/contracts';
import { eventsOfReports } from './events-of-reports.js';
import { readBulkBody } from './read-bulk-body.js';
import { readBulkSender } from './sender.js';

const NOW = Date.parse('2026-11-21T08:00:00Z');

/** Text in which what CSV and JSON are made of is frequent. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ',',
        ';',
        '\n',
        '\r\n',
        '\r',
        '"',
        "'",
        '\\',
        '""',
        '|',
        '\t',
        '{',
        '}',
        '[',
        ']',
        ':',
        '\0',
        ' ',
      ),
      fc.constantFrom('ReportTimestamp', 'ParameterName', 'ParameterValue', 'ParameterType', 'Device.X.1.Y'),
      fc.constantFrom(
        '{"Report":[',
        '{"CollectionTime":',
        '"Device.X"',
        '1790000000',
        'NaN',
        'null',
        '1e999',
        '-1',
      ),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  pieces.map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(`{"Report":[${text}]}`)),
);
const types = fc.constantFrom(
  undefined,
  '',
  'text/csv',
  'application/json; charset=latin1',
  'text/csv; charset="utf-8"',
);

test('no body and no address makes the readers throw, and every report becomes an event', () => {
  fc.assert(
    fc.property(bodies, types, fc.string(), (body, contentType, query) => {
      const sender = readBulkSender(`/v1/bulkdata?sn=A1&${query}`);
      const read = readBulkBody(body, contentType);
      if (isRefusal(read) || isRefusal(sender)) return;
      const request = { nowMs: NOW, randomId: () => 'random', correlationId: 'c' };
      const events = [...eventsOfReports(read.reports, sender, request, {})];
      expect(events).toHaveLength(read.reports.length);
      for (const { id, source, data } of events) {
        expect(id).not.toBe('');
        expect(source).toMatch(/^\/bulkdata(\/[\x21-\x7e]{1,22})?$/);
        expect(data.behind_ms ?? 1).toBeGreaterThan(0);
      }
    }),
    { numRuns: 3000 },
  );
});

/** What a value may hold in each way of writing CSV. */
const values = fc.string({
  unit: fc.constantFrom('a', '1', ' ', ',', ';', '"', '\n', 'é', "'"),
  maxLength: 8,
});

test('CSV that is written by the rules says what was written', () => {
  const separators = fc.constantFrom(',', ';', '\t', '|');
  const rows = fc.array(fc.array(values, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(separators, fc.constantFrom('\n', '\r\n'), rows, (separator, end, reports) => {
      const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const lines = [
        ['ReportTimestamp', 'Device.A', 'Device.B.1.C', 'alt.2'].join(separator),
        ...reports.map((row, at) => [String(1_790_000_000 + at), ...row.map(quoted)].join(separator)),
      ];
      const read = readBulkBody(Buffer.from(lines.join(end)), 'text/csv');
      expect(isRefusal(read) ? read : read.reports).toMatchObject(
        reports.map(([a, b, c]) => ({
          parameters: { 'Device.A': { value: a }, 'Device.B.1.C': { value: b }, 'alt.2': { value: c } },
        })),
      );
    }),
    { numRuns: 1000 },
  );
});
