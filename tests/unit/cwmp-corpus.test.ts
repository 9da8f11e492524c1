import { isRefusal } from '@cpemon/contracts';
import { readEnvelope } from '@cpemon/cwmp';
import { CWMP_CORPUS } from '../corpus/cwmp';

describe.each(CWMP_CORPUS)('%s', (_group, rows) => {
  test.each(rows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
    const read = readEnvelope(row.body, row.contentType ?? 'text/xml');
    if ('refused' in row.expected) {
      expect(isRefusal(read) ? read.code : read).toBe(row.expected.refused);
    } else {
      expect(read).toEqual(row.expected);
    }
  });

  test('names tell its rows apart', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });
});

test('a record of parameters inherits nothing', () => {
  const [, deviations] = CWMP_CORPUS[0]!;
  const { body } = deviations.find(({ name }) => name === 'names of JavaScript')!;
  const read = readEnvelope(body, undefined);
  if (isRefusal(read) || read.body.method !== 'Inform') throw new Error('not understood');
  expect('hasOwnProperty' in read.body.parameters).toBe(false);
  expect(Object.keys(read.body.parameters)).not.toContain('__proto__');
});
