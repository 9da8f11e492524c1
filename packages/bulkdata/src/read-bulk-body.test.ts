import { isRefusal } from '@cpemon/contracts';
import { BULK_PARAMETERS, BULK_REPORTS } from './bulk-limits.js';
import { readBulkBody } from './read-bulk-body.js';

/** A report as one line for each value, its time first. */
type Lines = string[];

function read(body: string | Buffer, contentType?: string): Lines[] {
  const result = readBulkBody(Buffer.from(body as string), contentType);
  if (isRefusal(result)) throw new Error(`refused: ${result.code}`);
  return result.reports.map(({ collectionTime, parameters }) => [
    `@${collectionTime ?? 'none'}`,
    ...Object.entries(parameters).map(
      ([name, { value, type }]) => `${name}=${value}${type === undefined ? '' : ` (${type})`}`,
    ),
  ]);
}

const refusalOf = (body: string | Buffer, contentType?: string): string => {
  const result = readBulkBody(Buffer.from(body as string), contentType);
  return isRefusal(result) ? result.code : 'none';
};

const UP = 'Device.DeviceInfo.UpTime';
const RX = 'Device.Optical.Interface.1.OpticalSignalLevel';

describe('JSON', () => {
  const cases: [what: string, body: unknown, reports: Lines[]][] = [
    ['NameValuePair', { Report: [{ CollectionTime: 1790000000, [UP]: 60 }] }, [['@1790000000', `${UP}=60`]]],
    [
      'ObjectHierarchy, instance numbers as names',
      {
        Report: [
          {
            CollectionTime: '2026-11-21T07:27:21Z',
            Device: {
              DeviceInfo: { UpTime: 60 },
              WiFi: { Radio: { '1': { Channel: 6 }, '12': { Channel: 36 } } },
            },
          },
        ],
      },
      [
        [
          '@2026-11-21T07:27:21Z',
          `${UP}=60`,
          'Device.WiFi.Radio.1.Channel=6',
          'Device.WiFi.Radio.12.Channel=36',
        ],
      ],
    ],
    [
      'both mixed, in one report and between two',
      { Report: [{ [UP]: 1, Device: { Hosts: { HostNumberOfEntries: 2 } } }, { [UP]: 3 }] },
      [
        ['@none', `${UP}=1`, 'Device.Hosts.HostNumberOfEntries=2'],
        ['@none', `${UP}=3`],
      ],
    ],
    [
      'retained reports, oldest first',
      {
        Report: [
          { CollectionTime: 10, [UP]: 1 },
          { CollectionTime: 20, [UP]: 2 },
        ],
      },
      [
        ['@10', `${UP}=1`],
        ['@20', `${UP}=2`],
      ],
    ],
    [
      'text for numbers, booleans and the time',
      { Report: [{ CollectionTime: '1790000000', [UP]: '60', 'Device.X': 'true' }] },
      [['@1790000000', `${UP}=60`, 'Device.X=true']],
    ],
    [
      'booleans',
      { Report: [{ 'Device.X': true, 'Device.Y': false }] },
      [['@none', 'Device.X=true', 'Device.Y=false']],
    ],
    ['no time (ReportTimestamp None)', { Report: [{ [UP]: 1 }] }, [['@none', `${UP}=1`]]],
    ['no parameter', { Report: [{ CollectionTime: 10 }] }, [['@10']]],
    ['no report', { Report: [] }, []],
    ['null, which is no value', { Report: [{ [UP]: null }] }, [['@none']]],
    [
      'a list, which is text with commas',
      { Report: [{ 'Device.X': ['a', 1] }] },
      [['@none', 'Device.X=a,1']],
    ],
    [
      'alternative names with instance numbers',
      { Report: [{ 'radio.1.channel': 6, alt: { '1': { '2': 'x' } } }] },
      [['@none', 'radio.1.channel=6', 'alt.1.2=x']],
    ],
    [
      'a path that ends in a dot',
      { Report: [{ 'Device.DeviceInfo.': { UpTime: 5 } }] },
      [['@none', `${UP}=5`]],
    ],
    ['a single report without a list', { Report: { CollectionTime: 10, [UP]: 1 } }, [['@10', `${UP}=1`]]],
    ['a list without an object', [{ CollectionTime: 10, [UP]: 1 }], [['@10', `${UP}=1`]]],
    ['a report alone', { CollectionTime: 10, [UP]: 1 }, [['@10', `${UP}=1`]]],
    ['the time by the name of CSV', { Report: [{ ReportTimestamp: 10, [UP]: 1 }] }, [['@10', `${UP}=1`]]],
    [
      'names that mean something to JavaScript',
      { Report: [{ constructor: 'a', toString: 'b', hasOwnProperty: 'c' }] },
      [['@none', 'constructor=a', 'toString=b', 'hasOwnProperty=c']],
    ],
  ];
  test.each(cases)('%s', (_what, body, reports) => {
    expect(read(JSON.stringify(body), 'application/json; charset=UTF-8')).toEqual(reports);
    expect(read(JSON.stringify(body, undefined, 2), 'application/json')).toEqual(reports);
  });

  test('"__proto__" changes nothing and is a name like any other', () => {
    const body = '{"Report":[{"__proto__":{"a":1},"Device.X":2}]}';
    expect(read(body)).toEqual([['@none', 'Device.X=2', '__proto__.a=1']]);
    expect(read('{"Report":[{"__proto__":"x","Device.X":2}]}')).toEqual([
      ['@none', '__proto__=x', 'Device.X=2'],
    ]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test('bare NaN and Infinity lose only themselves', () => {
    expect(read(`{"Report":[{"${UP}":NaN,"Device.X":-Infinity,"Device.Y":1}]}`)).toEqual([
      ['@none', `${UP}=NaN`, 'Device.X=-Infinity', 'Device.Y=1'],
    ]);
  });

  test('an element that is no report refuses itself and not its neighbours', () => {
    const result = readBulkBody(
      Buffer.from(JSON.stringify({ Report: [1, { [UP]: 1 }, null, 'x', []] })),
      undefined,
    );
    expect(result).toMatchObject({
      reports: [{ parameters: { [UP]: { value: '1' } } }],
      rejected: [0, 2, 3, 4].map((index) => ({ index, reason: 'not_bulk_data' })),
    });
  });

  test('objects too deep inside each other are left out and counted', () => {
    const deep = '{"a":'.repeat(40) + '1' + '}'.repeat(40);
    expect(readBulkBody(Buffer.from(`{"Report":[{"${UP}":1,"x":${deep}}]}`), undefined)).toMatchObject({
      reports: [{ parameters: { [UP]: { value: '1' } } }],
      drops: { nested: 1 },
    });
  });

  test(`a report of ${BULK_PARAMETERS} parameters is read, one more is too many`, () => {
    const report = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`Device.X.${at}`, at]));
    expect(read(JSON.stringify({ Report: [report(BULK_PARAMETERS)] }))[0]).toHaveLength(BULK_PARAMETERS + 1);
    expect(
      readBulkBody(Buffer.from(JSON.stringify({ Report: [report(BULK_PARAMETERS + 1)] })), undefined),
    ).toMatchObject({
      reports: [],
      rejected: [{ index: 0, reason: 'too_many_parameters' }],
    });
  });

  test('of more reports than a body may have, the newest are read', () => {
    const Report = Array.from({ length: BULK_REPORTS + 3 }, (_, at) => ({ CollectionTime: at }));
    const result = readBulkBody(Buffer.from(JSON.stringify({ Report })), undefined);
    expect(result).toMatchObject({ leftOut: 3 });
    expect('reports' in result && result.reports[0]?.collectionTime).toBe(3);
  });
});

describe('CSV, a column for each parameter', () => {
  const HEADER = `ReportTimestamp,${UP},${RX}`;
  const REPORT = [`@1790000000`, `${UP}=60`, `${RX}=-21500`];
  const cases: [what: string, body: string, reports: Lines[]][] = [
    ['as the defaults are', `${HEADER}\r\n1790000000,60,-21500\r\n`, [REPORT]],
    ['line feeds', `${HEADER}\n1790000000,60,-21500\n`, [REPORT]],
    ['carriage returns', `${HEADER}\r1790000000,60,-21500\r`, [REPORT]],
    ['no line end after the last row', `${HEADER}\n1790000000,60,-21500`, [REPORT]],
    ['empty lines', `\n${HEADER}\n\n1790000000,60,-21500\n\n`, [REPORT]],
    ['separator ;', `${HEADER}\n1790000000,60,-21500`.replaceAll(',', ';'), [REPORT]],
    ['separator tabulator', `${HEADER}\n1790000000,60,-21500`.replaceAll(',', '\t'), [REPORT]],
    ['separator |', `${HEADER}\n1790000000,60,-21500`.replaceAll(',', '|'), [REPORT]],
    ['separator of two characters', `${HEADER}\n1790000000,60,-21500`.replaceAll(',', '||'), [REPORT]],
    ['separator comma and blank', `${HEADER}\n1790000000,60,-21500`.replaceAll(',', ', '), [REPORT]],
    ['row separator ;', `${HEADER};1790000000,60,-21500;`, [REPORT]],
    ['row separator |, separator ;', `${HEADER}|1790000000,60,-21500`.replaceAll(',', ';'), [REPORT]],
    ['row separator blank', `${HEADER} 1790000000,60,-21500`, [REPORT]],
    [
      'retained rows',
      `${HEADER}\n10,1,2\n20,3,4\n`,
      [
        ['@10', `${UP}=1`, `${RX}=2`],
        ['@20', `${UP}=3`, `${RX}=4`],
      ],
    ],
    [
      'the header again before each retained report',
      `ReportTimestamp,${UP}\n10,1\nReportTimestamp,${RX}\n20,4\n`,
      [
        ['@10', `${UP}=1`],
        ['@20', `${RX}=4`],
      ],
    ],
    [
      'an ISO time',
      `${HEADER}\n2026-11-21T07:27:21Z,60,-21500`,
      [['@2026-11-21T07:27:21Z', ...REPORT.slice(1)]],
    ],
    ['RowTimestamp None', `${UP},${RX}\n60,-21500`, [['@none', ...REPORT.slice(1)]]],
    ['RowTimestamp None, one column', `${UP}\n60\n`, [['@none', `${UP}=60`]]],
    ['alternative names without a dot', 'uptime;rx\n60;-21500', [['@none', 'uptime=60', 'rx=-21500']]],
    ['everything in quotes', `"ReportTimestamp","${UP}"\n"10","60"`, [['@10', `${UP}=60`]]],
    [
      'single quotes',
      `'ReportTimestamp','${UP}','Device.X'\n'10','60','a,''b'`,
      [['@10', `${UP}=60`, "Device.X=a,'b"]],
    ],
    [
      'separators, line ends and quotes in a value',
      `ReportTimestamp,Device.X,Device.Y\n10,"a,""b""\nc",d\n`,
      [['@10', 'Device.X=a,"b"\nc', 'Device.Y=d']],
    ],
    [
      'a quote escaped by a backslash',
      `ReportTimestamp,Device.X,Device.Y\n10,"a\\"b,c",d`,
      [['@10', 'Device.X=a"b,c', 'Device.Y=d']],
    ],
    [
      'a path of Windows in quotes',
      `ReportTimestamp,Device.X,Device.Y\n10,"C:\\","d"`,
      [['@10', 'Device.X=C:\\', 'Device.Y=d']],
    ],
    [
      'a quote that nothing ends',
      `ReportTimestamp,Device.X,Device.Y\n10,"a,d\n20,b,c`,
      [
        ['@10', 'Device.X="a', 'Device.Y=d'],
        ['@20', 'Device.X=b', 'Device.Y=c'],
      ],
    ],
    [
      'an apostrophe in a value',
      `ReportTimestamp,Device.X,Device.Y\n10,'t Hof,d`,
      [['@10', "Device.X='t Hof", 'Device.Y=d']],
    ],
    ['empty values', `ReportTimestamp,Device.X,Device.Y\n10,,b`, [['@10', 'Device.X=', 'Device.Y=b']]],
    ['a row that is too short', `${HEADER}\n10,60`, [['@10', `${UP}=60`]]],
    ['a separator after the last column', `${HEADER},\n1790000000,60,-21500,\n`, [REPORT]],
    ['a header without rows', `${HEADER}\n`, []],
  ];
  test.each(cases)('%s', (_what, body, reports) => {
    expect(read(body, 'text/csv; charset=UTF-8; header=present')).toEqual(reports);
    expect(read(body, 'text/csv; charset="utf-8"')).toEqual(reports);
  });

  test('a row with more values than the header has names refuses itself alone', () => {
    expect(readBulkBody(Buffer.from(`${HEADER}\n10,1,2,3\n20,3,4\n`), 'text/csv')).toMatchObject({
      reports: [{ collectionTime: '20' }],
      rejected: [{ index: 0, reason: 'invalid_csv' }],
    });
  });
});

describe('CSV, a row for each parameter', () => {
  const HEADER = 'ReportTimestamp,ParameterName,ParameterValue,ParameterType';
  const REPORT = ['@10', `${UP}=60 (unsignedInt)`, 'Device.X=a (string)'];
  const cases: [what: string, body: string, reports: Lines[]][] = [
    ['as the defaults are', `${HEADER}\r\n10,${UP},60,unsignedInt\r\n10,Device.X,a,string\r\n`, [REPORT]],
    [
      'separator ;',
      `${HEADER}\n10,${UP},60,unsignedInt\n10,Device.X,a,string\n`.replaceAll(',', ';'),
      [REPORT],
    ],
    ['row separator ;', `${HEADER};10,${UP},60,unsignedInt;10,Device.X,a,string;`, [REPORT]],
    [
      'everything in quotes',
      `${HEADER}\n10,${UP},60,unsignedInt\n10,Device.X,a,string`.replace(/[^,\n]+/g, '"$&"'),
      [REPORT],
    ],
    [
      'RowTimestamp None: a name again begins another report',
      `ParameterName,ParameterValue,ParameterType\n${UP},1,unsignedInt\nDevice.X,a,string\n${UP},2,unsignedInt\n`,
      [
        ['@none', `${UP}=1 (unsignedInt)`, 'Device.X=a (string)'],
        ['@none', `${UP}=2 (unsignedInt)`],
      ],
    ],
    [
      'retained reports',
      `${HEADER}\n10,${UP},1,unsignedInt\n20,${UP},2,unsignedInt\n`,
      [
        ['@10', `${UP}=1 (unsignedInt)`],
        ['@20', `${UP}=2 (unsignedInt)`],
      ],
    ],
    [
      'separators in a value without quotes',
      `${HEADER}\n10,Device.X,a,b,c,string\n`,
      [['@10', 'Device.X=a,b,c (string)']],
    ],
    ['no types', `ReportTimestamp,ParameterName,ParameterValue\n10,${UP},1`, [['@10', `${UP}=1`]]],
    [
      'the header again',
      `${HEADER}\n10,${UP},1,unsignedInt\n${HEADER}\n20,${UP},2,unsignedInt`,
      [
        ['@10', `${UP}=1 (unsignedInt)`],
        ['@20', `${UP}=2 (unsignedInt)`],
      ],
    ],
    ['a header without rows', HEADER, []],
  ];
  test.each(cases)('%s', (_what, body, reports) => {
    expect(read(body, 'text/csv; charset=UTF-8; header=present')).toEqual(reports);
  });

  test('rows without a name lose only themselves', () => {
    const body = `${HEADER}\n10,,1,string\n10\n10,${UP},2,unsignedInt\n`;
    expect(readBulkBody(Buffer.from(body), 'text/csv')).toMatchObject({
      reports: [{ collectionTime: '10', parameters: { [UP]: { value: '2' } } }],
      drops: { bad_name: 2 },
    });
  });
});

describe('headers and bodies that contradict each other', () => {
  const JSON_BODY = JSON.stringify({ Report: [{ CollectionTime: 10, [UP]: 1 }] });
  const CSV_BODY = `ReportTimestamp,${UP}\n10,1\n`;
  const REPORT = [['@10', `${UP}=1`]];
  test.each([
    undefined,
    '',
    'text/csv',
    'application/octet-stream',
    'text/plain',
    'application/x-www-form-urlencoded',
  ])('JSON is JSON, with Content-Type %p', (contentType) =>
    expect(read(JSON_BODY, contentType)).toEqual(REPORT),
  );
  test.each([undefined, 'application/json', 'text/csv; header=absent', 'application/csv'])(
    'CSV is CSV, with Content-Type %p',
    (contentType) => expect(read(CSV_BODY, contentType)).toEqual(REPORT),
  );

  test('the charset is that of the header, else UTF-8, else Windows-1252', () => {
    const body = (bytes: Buffer) =>
      Buffer.concat([Buffer.from('{"Report":[{"Device.X":"'), bytes, Buffer.from('"}]}')]);
    const latin = body(Buffer.from([0xe9]));
    expect(read(latin, 'application/json; charset=ISO-8859-1')).toEqual([['@none', 'Device.X=é']]);
    expect(read(latin)).toEqual([['@none', 'Device.X=é']]);
    expect(read(latin, 'application/json; charset="utf-8"')).toEqual([['@none', 'Device.X=\uFFFD']]);
    expect(read(body(Buffer.from('é')), 'application/json; charset=UTF-8')).toEqual([
      ['@none', 'Device.X=é'],
    ]);
    expect(read(Buffer.from(`\uFEFF${JSON_BODY}`))).toEqual(REPORT);
    expect(refusalOf(JSON_BODY, 'application/json; charset=utf-16')).toBe('unsupported_charset');
    expect(refusalOf(Buffer.from(`\uFEFF${JSON_BODY}`, 'utf16le'))).toBe('unsupported_charset');
  });
});

const WIDE = `ReportTimestamp${',Device.X'.repeat(400_000)}\n1${',2'.repeat(400_000)}`;
test.each<[what: string, body: string | Buffer, contentType: string | undefined, code: string]>([
  ['nothing', '', 'application/json', 'not_bulk_data'],
  ['blanks', ' \r\n\t ', 'text/csv', 'not_bulk_data'],
  ['JSON that is cut off', '{"Report":[{"a":1},', 'application/json', 'invalid_json'],
  ['JSON without a Report', '{"sn":"A1"}', 'application/json', 'not_bulk_data'],
  ['a Report that is text', '{"Report":"x"}', 'application/json', 'not_bulk_data'],
  ['arrays without end', '['.repeat(500_000), 'application/json', 'too_deep'],
  [
    'arrays inside each other in a report',
    `{"Report":[${'['.repeat(100)}${']'.repeat(100)}]}`,
    undefined,
    'too_deep',
  ],
  ['XML', '<?xml version="1.0"?><a/>', 'application/json', 'unsupported_media_type'],
  ['XML by its type', '{"Report":[]}', 'text/xml', 'unsupported_media_type'],
  ['a page', '<html></html>', 'text/csv', 'unsupported_media_type'],
  [
    'a form',
    '--x\r\nContent-Disposition: form-data\r\n',
    'multipart/form-data; boundary=x',
    'unsupported_media_type',
  ],
  ['CSV without its header', '1790000000,60,-21500\n', 'text/csv', 'invalid_csv'],
  ['rows of parameters without their header', `10,${UP},60,unsignedInt\n`, 'text/csv', 'invalid_csv'],
  ['a header that is cut off', 'uptime,rx', 'text/csv', 'invalid_csv'],
  ['a word', 'hello', 'text/csv', 'invalid_csv'],
  ['a name of 300 characters', `ReportTimestamp,${'x'.repeat(300)}\n1,2`, 'text/csv', 'invalid_csv'],
  ['compressed bytes', Buffer.from([0x1f, 0x9d, 0x90, 0x00, 0xff, 0x13]), 'text/csv', 'invalid_csv'],
  ['400,000 columns', WIDE, 'text/csv', 'too_many_parameters'],
  ['NULs', '\0\0\0\0', undefined, 'invalid_csv'],
])('refuses %s', (_what, body, contentType, code) => {
  expect(refusalOf(body, contentType)).toBe(code);
});
