import type { Inform } from '@cpemon/cwmp';
import { INFORM, INFORM_BODY, informMessage } from './base-inform';
import { edited, type CorpusRow } from './corpus-row';

type Edits = Parameters<typeof edited> extends [string, ...infer Rest] ? Rest : never;

const row = (
  name: string,
  edits: Edits,
  changed: Partial<Inform> = {},
  echo: Parameters<typeof informMessage>[1] = {},
): CorpusRow => ({
  name,
  body: Buffer.from(edited(INFORM, ...edits)),
  expected: informMessage(changed, echo),
});
const malformed = (...args: Parameters<typeof row>): CorpusRow => ({ ...row(...args), malformed: true });

const parameters = (changed: Inform['parameters']) => ({
  parameters: { ...INFORM_BODY.parameters, ...changed },
});
const FIRST_VALUE = '<Value xsi:type="xsd:string">4.2.1-r7</Value>';
const FIRST_NAME = 'Device.DeviceInfo.SoftwareVersion';
const withFirst = (value: Inform['parameters'][string]) => parameters({ [FIRST_NAME]: value });
const SERIAL = 'CORPUS000001';

const untyped = (): Inform['parameters'] =>
  Object.fromEntries(
    Object.entries(INFORM_BODY.parameters).map(([name, { value }]) => [name, { value }] as const),
  );

/** Everything in which devices in the field depart from the standard and are understood all the same. */
export const DEVIATIONS: CorpusRow[] = [
  { name: 'by the letter', body: Buffer.from(INFORM), expected: informMessage() },

  row('no Header', [[/<soap:Header>[^]*<\/soap:Header>/, '']], {}, { id: null }),
  row('an empty Header', [[/<soap:Header>[^]*<\/soap:Header>/, '<soap:Header/>']], {}, { id: null }),
  row('an empty ID', [['>4711<', '><']], {}, { id: '' }),
  row('an ID of words', [['>4711<', '>null-0_x.y:z<']], {}, { id: 'null-0_x.y:z' }),
  row('mustUnderstand="true"', [['mustUnderstand="1"', 'mustUnderstand="true"']]),
  row('NoMoreRequests and SessionTimeout in the Header', [
    [
      '</cwmp:ID>',
      '</cwmp:ID><cwmp:NoMoreRequests>0</cwmp:NoMoreRequests><cwmp:SessionTimeout soap:mustUnderstand="0">60</cwmp:SessionTimeout>',
    ],
  ]),

  {
    name: 'attributes in single quotes',
    body: Buffer.from(INFORM.replace(/"/g, "'")),
    expected: informMessage(),
  },
  ...['SOAP-ENV', 'soapenv', 'soap-env', 'S', 'x_1.2-y'].map((prefix) => ({
    name: `the prefix ${prefix}`,
    body: Buffer.from(INFORM.replaceAll('soap:', `${prefix}:`)),
    expected: informMessage(),
  })),
  {
    name: 'another prefix than cwmp',
    body: Buffer.from(
      INFORM.replaceAll('<cwmp:', '<ns1:').replaceAll('</cwmp:', '</ns1:').replace('xmlns:cwmp', 'xmlns:ns1'),
    ),
    expected: informMessage(),
  },
  row('the method in a default namespace', [
    ['<cwmp:Inform>', '<Inform xmlns="urn:dslforum-org:cwmp-1-0">'],
    ['</cwmp:Inform>', '</Inform>'],
  ]),
  row('the method without a prefix', [
    ['<cwmp:Inform>', '<Inform>'],
    ['</cwmp:Inform>', '</Inform>'],
  ]),
  row('the namespace declared at the method', [
    [' xmlns:cwmp="urn:dslforum-org:cwmp-1-0"', ''],
    ['<cwmp:ID soap:mustUnderstand="1">', '<cwmp:ID xmlns:cwmp="urn:dslforum-org:cwmp-1-0">'],
    ['<cwmp:Inform>', '<cwmp:Inform xmlns:cwmp="urn:dslforum-org:cwmp-1-0">'],
  ]),
  {
    name: 'a prefix on every element',
    body: Buffer.from(INFORM.replace(/<(\/?)([A-Z])/g, '<$1cwmp:$2')),
    expected: informMessage(),
  },
  row('SOAP 1.2', [['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope']]),
  row('XML Schema of 1999', [
    ['2001/XMLSchema"', '1999/XMLSchema"'],
    ['2001/XMLSchema-instance', '1999/XMLSchema-instance'],
  ]),
  ...[0, 1, 2, 3, 4].map((minor) => ({
    name: `cwmp-1-${minor}`,
    body: Buffer.from(INFORM.replace('cwmp-1-0', `cwmp-1-${minor}`)),
    expected: informMessage({}, { namespace: `urn:dslforum-org:cwmp-1-${minor}` }),
  })),

  ...['[0002]', '[02]', '[16]', '[0]', '[]', ''].map((size) =>
    row(`arrayType ${size === '' ? 'without a size' : size}`, [['EventStruct[2]', `EventStruct${size}`]]),
  ),
  row('no arrayType', [[' soapenc:arrayType="cwmp:EventStruct[2]"', '']]),
  row('xsi:type of an array', [
    ['soapenc:arrayType="cwmp:ParameterValueStruct[3]"', 'xsi:type="soapenc:Array"'],
  ]),
  {
    name: 'no xsi:type',
    body: Buffer.from(INFORM.replace(/ xsi:type="[^"]*"/g, '')),
    expected: informMessage({ parameters: untyped() }),
  },
  {
    name: 'xsi:type on every leaf',
    body: Buffer.from(
      INFORM.replace(/<(Name|EventCode|CommandKey|OUI|SerialNumber)>/g, '<$1 xsi:type="xsd:string">'),
    ),
    expected: informMessage(),
  },
  row('xsi:type without a prefix', [['xsd:string', 'string']]),
  row('an empty xsi:type', [['xsd:string', '']], withFirst({ value: '4.2.1-r7' })),

  ...['0', '2', 'x', ''].map((count) =>
    row(`MaxEnvelopes "${count}"`, [['<MaxEnvelopes>1', `<MaxEnvelopes>${count}`]]),
  ),
  row('no MaxEnvelopes', [['<MaxEnvelopes>1</MaxEnvelopes>', '']]),
  ...(
    [
      ['05', 5],
      ['10', 10],
      ['942', 942],
      ['1485', 1485],
      [' 3 ', 3],
      ['4294967295', 4294967295],
      ['4294967296', 0],
      ['-1', 0],
      ['many', 0],
      ['', 0],
    ] as const
  ).map(([text, retryCount]) =>
    row(`RetryCount "${text}"`, [['<RetryCount>0', `<RetryCount>${text}`]], { retryCount }),
  ),
  row('no RetryCount', [['<RetryCount>0</RetryCount>', '']]),

  row('an OUI in lower case', [['0A1B2C', '0a1b2c']], { oui: '0a1b2c' }),
  row('an OUI of 4 characters', [['0A1B2C', '1B2C']], { oui: '1B2C' }),
  row('a serial number with dots', [[SERIAL, '10.18.104.79']], { serialNumber: '10.18.104.79' }),
  row('a serial number with space around it', [[SERIAL, `  ${SERIAL}\n`]]),
  row('a serial number of 32 characters', [[SERIAL, `${SERIAL}${'9'.repeat(20)}`]], {
    serialNumber: `${SERIAL}${'9'.repeat(20)}`,
  }),
  row('an empty serial number', [[SERIAL, '']], { serialNumber: '' }),
  row('no DeviceId', [[/<DeviceId>[^]*<\/DeviceId>/, '']], {
    ...{ manufacturer: '', oui: '', productClass: '', serialNumber: '' },
  }),
  row('an empty Manufacturer', [['<Manufacturer>Example Networks</Manufacturer>', '<Manufacturer/>']], {
    manufacturer: '',
  }),
  row('a Manufacturer with a line end', [['Example Networks', 'Example\nNetworks\n']], {
    manufacturer: 'Example\nNetworks',
  }),
  row('an empty ProductClass', [['Home Router 7', '']], { productClass: '' }),

  row('space around a Name', [[FIRST_NAME, `\n    ${FIRST_NAME}\n  `]]),
  row('space inside a Name', [[FIRST_NAME, 'Device.DeviceInfo. SoftwareVersion']]),
  row(
    'a Name without its root',
    [
      [
        '</ParameterList>',
        '<ParameterValueStruct><Name>.ExternalIPAddress</Name><Value>192.0.2.3</Value></ParameterValueStruct></ParameterList>',
      ],
    ],
    parameters({ '.ExternalIPAddress': { value: '192.0.2.3' } }),
  ),
  row('an empty Name', [
    [
      '</ParameterList>',
      '<ParameterValueStruct><Name/><Value>1</Value></ParameterValueStruct></ParameterList>',
    ],
  ]),
  row(
    'a Name given twice has its last value',
    [
      [
        '</ParameterList>',
        `<ParameterValueStruct><Name>${FIRST_NAME}</Name><Value>2</Value></ParameterValueStruct></ParameterList>`,
      ],
    ],
    withFirst({ value: '2' }),
  ),
  row('a parameter without a Value', [[FIRST_VALUE, '']], withFirst({ value: '' })),
  row('an empty Value', [['>4.2.1-r7</Value>', '/>']], withFirst({ value: '', type: 'string' })),
  row(
    'space around a Value is kept',
    [['4.2.1-r7', ' 4.2.1 \n']],
    withFirst({ value: ' 4.2.1 \n', type: 'string' }),
  ),
  row(
    'names of JavaScript',
    [
      [
        '</ParameterList>',
        `${['__proto__', 'constructor', 'toString', 'code'].map((name) => `<ParameterValueStruct><Name>${name}</Name><Value>evil</Value></ParameterValueStruct>`).join('')}</ParameterList>`,
      ],
    ],
    parameters({ constructor: { value: 'evil' }, toString: { value: 'evil' }, code: { value: 'evil' } }),
  ),
  row('no ParameterList', [[/<ParameterList[^]*<\/ParameterList>/, '']], { parameters: {} }),
  row(
    'an empty ParameterList',
    [
      [
        /<ParameterList[^]*<\/ParameterList>/,
        '<ParameterList soapenc:arrayType="cwmp:ParameterValueStruct[0]"/>',
      ],
    ],
    { parameters: {} },
  ),

  row('no event', [[/<EventStruct>[^]*<\/EventStruct>/, '']], { events: [] }),
  row('an event without a code', [['2 PERIODIC', '']], {
    events: [{ code: 'M Reboot', commandKey: 'night-work' }],
  }),
  row('no CommandKey', [['<CommandKey></CommandKey>', '']]),
  row(
    '64 events',
    [
      [
        /<EventStruct>[^]*<\/EventStruct>/,
        '<EventStruct><EventCode>4 VALUE CHANGE</EventCode></EventStruct>'.repeat(64),
      ],
    ],
    { events: Array.from({ length: 64 }, () => ({ code: '4 VALUE CHANGE', commandKey: '' })) },
  ),

  ...[
    '2026-11-21T07:30:00Z',
    '2026-11-21T07:30:00',
    '2026-11-21T07:30:00.123456',
    '1970-01-01T00:02:16Z',
    '0001-01-01T00:01:03',
    '2019-03-05T11:54::14',
    'Thu Jan  1 08:05:49 1970',
    '',
  ].map((currentTime) =>
    row(`CurrentTime "${currentTime}"`, [['2026-11-21T07:30:00+01:00', currentTime]], { currentTime }),
  ),

  malformed('space in front of the declaration', [[/^/, '\r\n  <?xml version="1.0" encoding="UTF-8"?>\n']]),
  row('a declaration', [[/^/, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>']]),
  row('a declaration in single quotes', [[/^/, "<?xml version='1.0'?>\n"]]),
  malformed('NUL at the end', [[/$/, '\0']]),
  malformed('NUL and line ends at the end', [[/$/, '\r\n\0\0\r\n']]),
  row('line ends of Windows', [[/\n/g, '\r\n']]),
  row('all on one line', [[/>\s+</g, '><']]),
  row('comments', [
    ['<cwmp:Inform>', '<!-- <soap:Body> & --><cwmp:Inform>'],
    ['4.2.1-r7', '4.2<!-- - -->.1-r7'],
  ]),
  row(
    'CDATA',
    [['4.2.1-r7', '<![CDATA[<4.2> & ]]>]]&gt;<![CDATA[]]>']],
    withFirst({ value: '<4.2> & ]]>', type: 'string' }),
  ),
  row(
    'character references',
    [['4.2.1-r7', '&lt;&#52;&#x2E;&#x4f;&gt;&quot;&apos;&amp;amp;']],
    withFirst({ value: '<4.O>"\'&amp;', type: 'string' }),
  ),
  malformed(
    'a character that XML does not have',
    [['4.2.1-r7', 'a&#0;b&#xD800;c&#x110000;d']],
    withFirst({ value: 'a\ufffdb\ufffdc\ufffdd', type: 'string' }),
  ),
  malformed(
    'a bare "&"',
    [['b=1&amp;c=2', 'b=1&c=2& &;&#;']],
    parameters({
      'Device.ManagementServer.ConnectionRequestURL': {
        value: 'http://192.0.2.17:7547/a?b=1&c=2& &;&#;',
        type: 'string',
      },
    }),
  ),
  row('space inside tags', [
    ['<DeviceId>', '<DeviceId\n >'],
    ['</DeviceId>', '</DeviceId \t>'],
    ['xsi:type="xsd:string"', "xsi:type\n =\n 'xsd:string' "],
  ]),
  row('">" in an attribute', [['<DeviceId>', '<DeviceId note="a > b">']]),
  row('text beside elements', [['<DeviceId>', '<DeviceId>stray']]),
  row('elements that nobody knows', [
    ['<RetryCount>', '<X_EXAMPLE_Extra><A>1</A></X_EXAMPLE_Extra><RetryCount>'],
  ]),
  row('elements in another order', [
    ['<CurrentTime>2026-11-21T07:30:00+01:00</CurrentTime>', ''],
    ['<DeviceId>', '<CurrentTime>2026-11-21T07:30:00+01:00</CurrentTime><DeviceId>'],
  ]),
];
