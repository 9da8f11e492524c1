import { LONGEST_CSV_RECORD, createCsvCutter, type CsvRecord } from './csv-rows.js';

const cutAll = (text: string, chunk = text.length): CsvRecord[] => {
  const cutter = createCsvCutter();
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += chunk) records.push(...cutter.cut(text.slice(at, at + chunk)));
  return [...records, ...cutter.end()];
};
const cells = (text: string, chunk?: number) => cutAll(text, chunk).map((record) => record.cells);

test('records are cut at line ends outside quotes, however the text comes', () => {
  const text = 'a,b\r\n"1,""x""\n","2"\r3,4\n\n5,6';
  const expected = [
    ['a', 'b'],
    ['1,"x"\n', '2'],
    ['3', '4'],
    ['5', '6'],
  ];
  for (const chunk of [1, 2, 3, 7, text.length]) expect(cells(text, chunk)).toEqual(expected);
});

test('the separator is the one that the header has most of', () => {
  expect(cells('a;b;c,d\n1;2;3,4')).toEqual([
    ['a', 'b', 'c,d'],
    ['1', '2', '3,4'],
  ]);
  expect(cells('a\tb\n1\t2')[1]).toEqual(['1', '2']);
});

test('a file that ends inside a quoted cell has a torn row', () => {
  expect(cutAll('a,b\n1,"2').at(-1)?.problem).toBe('torn_row');
});

test('quotes where none may stand are a problem of their row only', () => {
  expect(cutAll('a,b\n1"2",3\n"4"5,6\n7,8').map(({ problem }) => problem)).toEqual([
    ...[undefined, 'stray_quote', 'stray_quote', undefined],
  ]);
});

test('a quote that is never closed costs no more than the bound, and what follows is read', () => {
  const records = cutAll(`a,b\n"${'x'.repeat(3 * LONGEST_CSV_RECORD)}\n1,2\n3,4\n`, 10_000);
  expect(records[1]?.problem).toBe('too_long');
  expect(records.at(-1)?.cells).toEqual(['3', '4']);
});
