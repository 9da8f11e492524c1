/** Bodies that a receiver of single events must survive, and what each must get. Times are around `NOW`. */
export interface BadInput {
  name: string;
  body: Buffer;
  headers?: Record<string, string>;
  expected:
    { status: 400 | 413 | 415; code: string } | { status: 202; drops: Record<string, number>; data: object };
}

const text = (body: string): Buffer => Buffer.from(body);
const json = (body: object): Buffer => text(JSON.stringify(body));
const refused = (status: 400 | 413 | 415, code: string) => ({ status, code });
const accepted = (drops: Record<string, number>, data: object) => ({ status: 202 as const, drops, data });
const HALF = { metrics: { memory_used_ratio: 0.5 } };
/** A report with one value that is right, and one that is not. */
const withBad = (field: string): Buffer => text(`{"sn":"A1","mem_pct":50,${field}}`);

export const BAD_INPUT: BadInput[] = [
  { name: 'an empty body', body: text(''), expected: refused(400, 'invalid_json') },
  { name: 'truncated JSON', body: text('{"sn":"A1","cpu_pct":1'), expected: refused(400, 'invalid_json') },
  {
    name: 'a body of 10 MB',
    body: json({ sn: 'A1', note: 'x'.repeat(10_000_000) }),
    expected: refused(413, 'body_too_large'),
  },
  {
    name: 'nesting 200 deep',
    body: text(`{"sn":"A1","x":${'['.repeat(200)}${']'.repeat(200)}}`),
    expected: refused(400, 'too_deep'),
  },
  { name: 'no serial number', body: json({ cpu_pct: 1 }), expected: refused(400, 'missing_sn') },
  {
    name: 'a serial number of 10,000 characters',
    body: json({ sn: 'x'.repeat(10_000) }),
    expected: refused(400, 'invalid_sn'),
  },
  { name: 'a serial number with NUL', body: json({ sn: 'A\0B' }), expected: refused(400, 'invalid_sn') },
  {
    name: 'a serial number with control characters',
    body: json({ sn: 'A\u001bB' }),
    expected: refused(400, 'invalid_sn'),
  },
  {
    name: 'a serial number with an emoji',
    body: json({ sn: 'A\u{1F600}' }),
    expected: refused(400, 'invalid_sn'),
  },
  {
    name: 'a serial number in __proto__',
    body: text('{"__proto__":{"sn":"A1"}}'),
    expected: refused(400, 'missing_sn'),
  },
  {
    name: '__proto__ and constructor',
    body: withBad('"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}'),
    expected: accepted({ nested: 2 }, HALF),
  },
  {
    name: 'invalid UTF-8',
    body: Buffer.concat([text('{"sn":"A1'), Buffer.from([0xc3, 0x28]), text('"}')]),
    expected: refused(400, 'invalid_utf8'),
  },
  {
    name: 'a form instead of JSON',
    body: text('sn=A1'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    expected: refused(415, 'unsupported_media_type'),
  },
  {
    name: 'JSON in another charset',
    body: json({ sn: 'A1' }),
    headers: { 'content-type': 'application/json; charset=utf-16' },
    expected: refused(415, 'unsupported_media_type'),
  },
  {
    name: 'a body in an encoding that nobody takes',
    body: json({ sn: 'A1' }),
    headers: { 'content-encoding': 'compress' },
    expected: refused(415, 'unsupported_encoding'),
  },
  {
    name: 'numbers as text',
    body: json({ sn: 'A1', mem_pct: '50', uptime_seconds: '12' }),
    expected: accepted({}, { metrics: { memory_used_ratio: 0.5, uptime_seconds: 12 } }),
  },
  { name: 'NaN as text', body: withBad('"cpu_pct":"NaN"'), expected: accepted({ not_a_number: 1 }, HALF) },
  { name: 'a bare NaN', body: withBad('"cpu_pct":NaN'), expected: accepted({ not_a_number: 1 }, HALF) },
  {
    name: 'a negative percentage',
    body: withBad('"cpu_pct":-1'),
    expected: accepted({ out_of_range: 1 }, HALF),
  },
  { name: 'more than 100 %', body: withBad('"cpu_pct":101'), expected: accepted({ out_of_range: 1 }, HALF) },
  {
    name: 'a value of the wrong type',
    body: withBad('"cpu_pct":{"value":1}'),
    expected: accepted({ wrong_type: 1 }, HALF),
  },
  {
    name: 'an impossible date',
    body: withBad('"ts":"2026-02-30T00:00:00Z"'),
    expected: accepted({ time_unreadable: 1 }, { ...HALF, raw_time: '2026-02-30T00:00:00Z' }),
  },
  {
    name: 'a date in 1970',
    body: withBad('"ts":"1970-01-01T00:01:00Z"'),
    expected: accepted({ time_before_2015: 1 }, { ...HALF, raw_time: '1970-01-01T00:01:00Z' }),
  },
  {
    name: 'a date in the year 1',
    body: withBad('"ts":"0001-01-01T00:00:00Z"'),
    expected: accepted({ time_before_2015: 1 }, { ...HALF, raw_time: '0001-01-01T00:00:00Z' }),
  },
  {
    name: 'a date in 2099',
    body: withBad('"ts":"2099-01-01T00:00:00Z"'),
    expected: accepted({ time_ahead: 1 }, { ...HALF, raw_time: '2099-01-01T00:00:00Z' }),
  },
];
