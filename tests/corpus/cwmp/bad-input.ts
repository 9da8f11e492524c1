import type { RefusalCode } from '@cpemon/contracts';
import { INFORM } from './base-inform';
import { longParameterList } from './data-models';
import { edited, refused, type CorpusRow } from './corpus-row';
import { envelope } from './rpcs';

const row = (name: string, body: string, code: RefusalCode): CorpusRow => ({
  name,
  body: Buffer.from(body),
  expected: refused(code),
  malformed: true,
});
const VERSION = '4.2.1-r7';
const laughs = Array.from(
  { length: 9 },
  (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at};`.repeat(10)}">`,
).join('');
const events = (count: number): string =>
  edited(INFORM, [
    /<EventStruct>[^]*<\/EventStruct>/,
    '<EventStruct><EventCode>4 VALUE CHANGE</EventCode><CommandKey/></EventStruct>'.repeat(count),
  ]);
const parameters = (count: number): string =>
  edited(INFORM, [/<ParameterList[^]*<\/ParameterList>/, longParameterList(count)]);

/** What no CPE sends and somebody will, each with its code. */
export const BAD_XML: CorpusRow[] = [
  row('an empty body', '', 'invalid_xml'),
  row('only space', ' \r\n\0', 'invalid_xml'),
  row('only a declaration', '<?xml version="1.0"?>', 'invalid_xml'),
  row('JSON', '{"sn":"A1"}', 'invalid_xml'),
  row('words', 'hello', 'invalid_xml'),
  row('only "<"', '<', 'invalid_xml'),
  row('"<" and a number', '<1>', 'invalid_xml'),
  row('"<" in a text', edited(INFORM, [VERSION, '4 < 5']), 'invalid_xml'),
  row('half an Inform', INFORM.slice(0, INFORM.length / 2), 'invalid_xml'),
  row('tags that are not closed', edited(INFORM, ['</DeviceId>', '']), 'invalid_xml'),
  row('tags that cross', '<a><b></a></b>', 'invalid_xml'),
  row('an end tag too many', `${INFORM}</soap:Envelope>`, 'invalid_xml'),
  row('an end tag of another case', edited(INFORM, ['</OUI>', '</oui>']), 'invalid_xml'),
  row('two roots', INFORM + INFORM, 'invalid_xml'),
  row('text behind the root', `${INFORM}0`, 'invalid_xml'),
  row('text in front of the root', `x${INFORM}`, 'invalid_xml'),
  row('an attribute without quotes', edited(INFORM, ['"xsd:string"', 'xsd:string']), 'invalid_xml'),
  row('an attribute without a value', edited(INFORM, ['xsi:type="xsd:string"', 'checked']), 'invalid_xml'),
  row('an attribute that does not end', edited(INFORM, [/xsd:string"[^]*/, 'xsd:string']), 'invalid_xml'),
  row('a comment that does not end', edited(INFORM, [VERSION, '<!-- ']), 'invalid_xml'),
  row('CDATA that does not end', edited(INFORM, [VERSION, '<![CDATA[']), 'invalid_xml'),

  row('a document type', `<!DOCTYPE Envelope>${INFORM}`, 'forbidden_xml'),
  row(
    'a billion laughs',
    `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">${laughs}]>${edited(INFORM, [VERSION, '&lol9;'])}`,
    'forbidden_xml',
  ),
  row(
    'an external entity',
    `<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>${edited(INFORM, [VERSION, '&xxe;'])}`,
    'forbidden_xml',
  ),
  row(
    'an external parameter entity',
    `<!DOCTYPE x [<!ENTITY % dtd SYSTEM "http://192.0.2.66/x.dtd"> %dtd;]>${INFORM}`,
    'forbidden_xml',
  ),
  row('a document type inside', edited(INFORM, ['<DeviceId>', '<!DOCTYPE x><DeviceId>']), 'forbidden_xml'),
  row('an entity that nobody declared', edited(INFORM, [VERSION, '&nbsp;']), 'forbidden_xml'),
  row('a processing instruction', `<?xml-stylesheet href="x"?>${INFORM}`, 'forbidden_xml'),
  row(
    'a processing instruction inside',
    edited(INFORM, ['<DeviceId>', '<?php 1 ?><DeviceId>']),
    'forbidden_xml',
  ),
  row('a second declaration', `<?xml version="1.0"?><?xml version="1.0"?>${INFORM}`, 'forbidden_xml'),
  row('a declaration that does not end', `<?xml ${INFORM}`, 'forbidden_xml'),

  row('50,000 nested tags', '<a>'.repeat(50_000), 'too_deep'),
  row('33 nested tags', edited(INFORM, [VERSION, `${'<a>'.repeat(27)}${'</a>'.repeat(27)}`]), 'too_deep'),
  row('70,000 elements', `<a>${'<b/>'.repeat(70_000)}</a>`, 'event_too_large'),
  row('an attribute of 10 MB', `<a b="${'x'.repeat(10_000_000)}"/>`, 'event_too_large'),
  row(
    '33 attributes',
    `<a ${Array.from({ length: 33 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
    'event_too_large',
  ),
  row('a name of 10,000 characters', `<${'n'.repeat(10_000)}/>`, 'event_too_large'),
  row('an attribute name of 10,000 characters', `<a ${'n'.repeat(10_000)}="1"/>`, 'event_too_large'),
  row('a text of 100,000 characters', edited(INFORM, [VERSION, 'x'.repeat(100_000)]), 'event_too_large'),
  row(
    'a text of many CDATA sections',
    edited(INFORM, [VERSION, '<![CDATA[xxxxxxxxxx]]>'.repeat(10_000)]),
    'event_too_large',
  ),
  row('65 events', events(65), 'too_many_events'),
  row('10,000 parameters', parameters(10_000), 'too_many_parameters'),
  row('4,001 parameters', parameters(4001), 'too_many_parameters'),

  row('HTML', '<html><body>404</body></html>', 'not_soap'),
  row(
    'an Envelope of something else',
    edited(INFORM, ['http://schemas.xmlsoap.org/soap/envelope/', 'urn:example:post']),
    'not_soap',
  ),
  row(
    'an Envelope without a Body',
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/></soap:Envelope>',
    'not_soap',
  ),
  row('an Inform without an Envelope', '<cwmp:Inform xmlns:cwmp="urn:dslforum-org:cwmp-1-0"/>', 'not_soap'),
  row('an empty Body', envelope(''), 'not_cwmp'),
  row(
    'another namespace',
    INFORM.replace('urn:dslforum-org:cwmp-1-0', 'urn:example-org:cwmp-1-0'),
    'not_cwmp',
  ),
  row('version 2', INFORM.replace('cwmp-1-0', 'cwmp-2-0'), 'not_cwmp'),
  row(
    'a prefix that is not declared',
    edited(INFORM, [' xmlns:cwmp="urn:dslforum-org:cwmp-1-0"', '']),
    'not_cwmp',
  ),
  row('another service', envelope('<m:GetPrice xmlns:m="urn:example:stock"/>'), 'not_cwmp'),
  row('a method of an ACS', envelope('<cwmp:SetParameterValues/>'), 'unexpected_message'),
];
