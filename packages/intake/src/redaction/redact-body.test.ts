import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { REDACTED } from '@cpemon/contracts';
import { redactBody } from './redact-body.js';

const SECRET = 'Tr0ub4dor-9x';
const NAME = 'Device.WiFi.AccessPoint.1.Security.KeyPassphrase';
const NAMES = /pass(w|&|\\u|phrase)|psk|PreShared|credentials|:\/\/user:|token/i;
const shown = (text: string): string => redactBody(Buffer.from(text)).text;

/** Bodies of devices, agents and ACSs with a secret in each of the places where they put one. */
const BODIES_WITH_SECRET: Record<string, string> = {
  'a parameter of CWMP': `<s:Envelope xmlns:s="x"><s:Body><ParameterList><ParameterValueStruct><Name>${NAME}</Name><Value xsi:type="xsd:string">${SECRET}</Value></ParameterValueStruct></ParameterList></s:Body></s:Envelope>`,
  'a value before its name': `<a><ParameterValueStruct><Value>${SECRET}</Value><Name>${NAME}</Name></ParameterValueStruct></a>`,
  'a name in CDATA': `<a><P><Name><![CDATA[${NAME}]]></Name><Value>${SECRET}</Value></P></a>`,
  'a name with entities': `<a><P><Name>Device.X.Pass&#119;ord</Name><Value>${SECRET}</Value></P></a>`,
  'an element of its own': `<a><b:KeyPassphrase>${SECRET}</b:KeyPassphrase></a>`,
  'elements under a secret one': `<a><Credentials><one>${SECRET}</one><two x="${SECRET}"/></Credentials></a>`,
  'an attribute': `<a password="${SECRET}"><b/></a>`,
  'an attribute beside a name': `<a><param name="${NAME}" value="${SECRET}"/></a>`,
  'a comment': `<a><!-- password ${SECRET} --><b>1</b></a>`,
  'a Vendor element of free text': `<a><X_Note>password=${SECRET}</X_Note></a>`,
  'JSON in XML': `<a><Note>{"password":"${SECRET}"}</Note></a>`,
  'a document type': `<!DOCTYPE a [<!ENTITY psk "${SECRET}">]><a>&psk;</a>`,
  'a field of JSON': `{"sn":"A1","wifi":{"password":"${SECRET}"}}`,
  'a field with escapes': `{"sn":"A1","pass\\u0077ord":"${SECRET}"}`,
  'an object under a secret name': `{"credentials":{"a":"${SECRET}","b":["${SECRET}"]}}`,
  'name and value in JSON': `[{"value":"${SECRET}","name":"${NAME}"}]`,
  'a list of name, value and type': `{"parameterValues":[["${NAME}","${SECRET}","xsd:string"]]}`,
  'lists of names and of values': `{"names":["${NAME}","Device.A"],"values":["${SECRET}","1"]}`,
  'a node of GenieACS': `{"Device":{"X":{"PreSharedKey":{"_value":"${SECRET}","_type":"xsd:string"}}}}`,
  'an envelope in JSON': JSON.stringify({
    xml: `<a><P><Name>${NAME}</Name><Value>${SECRET}</Value></P></a>`,
  }),
  'JSON in JSON in JSON': JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ psk: SECRET }) }) }),
  'an address with credentials': `{"sn":"A1","url":"http://user:${SECRET}@host/x"}`,
  'an address with a token': `{"sn":"A1","url":"http://host/x?token=${SECRET}"}`,
  'a form': `sn=A1&password=${SECRET}`,
  'single quotes': `{'sn': 'A1', 'password': '${SECRET}'}`,
  YAML: `sn: A1\npassword: ${SECRET}\n`,
  'columns of CSV': `time,${NAME}\n1,${SECRET}\n`,
  'two roots': `<Password>${SECRET}</Password><b/>`,
};

describe.each(Object.entries(BODIES_WITH_SECRET))('a secret in %s', (_place, body) => {
  test('is not shown', () => expect(shown(body)).not.toContain(SECRET));

  test('is not shown of a body that was cut off', () => {
    for (let length = 0; length < body.length; length += 1) {
      const torn = body.slice(0, length);
      // Until the secret is whole there is none, and without a name nobody can tell.
      const mentions = NAMES.test(torn.replace(SECRET, ''));
      if (torn.includes(SECRET) && mentions) expect(shown(torn)).not.toContain(SECRET);
    }
  });

  test('is not shown of a body that lacks one of its marks', () => {
    for (const mark of body.matchAll(/[<>"'{}[\]:,/]/g)) {
      const torn = body.slice(0, mark.index) + body.slice(mark.index + 1);
      // An address without its marks is none.
      const isAddress = torn.includes(`user:${SECRET}`) && !torn.includes('://');
      if (torn.includes(SECRET) && !isAddress) expect(shown(torn)).not.toContain(SECRET);
    }
  });
});

test('what is wrong with a body can be seen', () => {
  const inform =
    '<Inform><DeviceId><SerialNumber></SerialNumber></DeviceId><CommandKey>k1</CommandKey></Inform>';
  expect(redactBody(Buffer.from(inform))).toEqual({ text: inform, shownAs: 'parsed' });
  expect(shown('{"serial_nr":"A1","cpu":12}')).toBe('{"serial_nr":"A1","cpu":12}');
  expect(redactBody(Buffer.from('{"sn":"A1",}'))).toEqual({ text: '{"sn":"A1",}', shownAs: 'masked' });
  expect(shown(`{"sn":"A1","password":"${SECRET}",}`)).toBe('{"sn":"*","*":"*",}');
});

test('what stands beside a secret stays where that is safe', () => {
  const body = `<L><P><Name>Device.A</Name><Value>7</Value></P><P><Name>${NAME}</Name><Value>${SECRET}</Value></P></L>`;
  expect(shown(body)).toBe(body.replace(SECRET, REDACTED));
});

test('other charsets are read, and what is no text is not shown', () => {
  const xml = `<a><P><Name>${NAME}</Name><Value>${SECRET}é</Value></P></a>`;
  const utf16 = Buffer.from(`\ufeff${xml}`, 'utf16le');
  expect(redactBody(utf16)).toMatchObject({ shownAs: 'parsed' });
  for (const body of [utf16, utf16.swap16(), Buffer.from(xml, 'latin1'), utf16.subarray(2), gzipSync(xml)]) {
    expect(redactBody(body).text).not.toContain(SECRET);
  }
  expect(redactBody(gzipSync(xml))).toMatchObject({
    shownAs: 'binary',
    text: expect.stringContaining('1f8b'),
  });
});

test('any bytes are shown somehow, soon', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(typeof redactBody(Buffer.from(bytes)).text).toBe('string');
    }),
  );
  const deep = '<a>'.repeat(30_000);
  const deepJson = `{"psk":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  const startedAt = performance.now();
  for (const body of [
    deep,
    deepJson,
    '&#'.repeat(30_000),
    '"'.repeat(60_000),
    `<a ${'b="c" '.repeat(10_000)}/>`,
  ]) {
    redactBody(Buffer.from(body));
  }
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
