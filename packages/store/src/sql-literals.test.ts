import { escapeJson, sqlNumberOrNull, sqlString, sqlStringOrNull, sqlTime } from './sql-literals.js';

test('a time is a DATETIME literal in UTC, the same as the ISO form', () => {
  for (const iso of ['2026-11-21T11:32:05.007Z', '2026-12-31T23:59:59.999Z', '2024-02-29T00:00:00.000Z']) {
    expect(sqlTime(Date.parse(iso))).toBe(`'${iso.slice(0, -1).replace('T', ' ')}'`);
  }
});

test('what is special in a literal is escaped, and only that', () => {
  expect(sqlString(`it's`)).toBe(`'it\\'s'`);
  expect(sqlString('a\\b\n\r\0\x1a"é😀')).toBe(`'a\\\\b\\n\\r\\0\\Z\\"é😀'`);
  expect(escapeJson(JSON.stringify(`it's "x" \\ \n`))).toBe('"it\\\'s \\\\"x\\\\" \\\\\\\\ \\\\n"');
});

test('what is not known, or no number, is NULL', () => {
  expect(sqlStringOrNull(null)).toBe('NULL');
  expect([null, undefined, NaN, Infinity].map(sqlNumberOrNull)).toEqual(['NULL', 'NULL', 'NULL', 'NULL']);
  expect([0, -19.42, 1e-7, 1e21].map(sqlNumberOrNull)).toEqual(['0', '-19.42', '1e-7', '1e+21']);
});
