import { INFORM, informMessage } from './base-inform';
import { edited, refused, type CorpusRow } from './corpus-row';

const withManufacturer = (manufacturer: string, declaration = ''): string =>
  declaration + edited(INFORM, ['Example Networks', manufacturer]);
const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>\n`;
const BOM = '\ufeff';

const GERMAN = 'Gerätebau Süd';
const CHINESE = '示例网络有限公司';
const made = (manufacturer: string) => informMessage({ manufacturer });

/** What Windows-1252 has and ISO-8859-1 has not: "€" and a dash. */
const EURO_1252 = Buffer.concat([
  Buffer.from(INFORM.slice(0, INFORM.indexOf('Example Networks'))),
  Buffer.from([0x80, 0x20, 0x96]),
  Buffer.from(INFORM.slice(INFORM.indexOf('Example Networks') + 'Example Networks'.length)),
]);

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

export const CHARSETS: CorpusRow[] = [
  {
    name: 'UTF-8 that nobody declared',
    body: Buffer.from(withManufacturer(CHINESE)),
    expected: made(CHINESE),
  },
  {
    name: 'UTF-8 by the header',
    body: Buffer.from(withManufacturer(CHINESE)),
    contentType: 'text/xml; charset="UTF-8"',
    expected: made(CHINESE),
  },
  {
    name: 'UTF-8 by the declaration',
    body: Buffer.from(withManufacturer(GERMAN, declared('utf-8'))),
    expected: made(GERMAN),
  },
  {
    name: 'UTF-8 by its mark, whatever the header says',
    body: Buffer.from(BOM + withManufacturer(GERMAN)),
    contentType: 'text/xml; charset=ISO-8859-1',
    expected: made(GERMAN),
  },
  {
    name: 'a mark, space and a declaration',
    body: Buffer.from(BOM + '\r\n' + withManufacturer(GERMAN, declared('UTF-8'))),
    malformed: true,
    expected: made(GERMAN),
  },
  {
    name: 'ISO-8859-1 by the header',
    body: Buffer.from(withManufacturer(GERMAN), 'latin1'),
    contentType: 'text/xml;charset=iso-8859-1',
    expected: made(GERMAN),
  },
  {
    name: 'ISO-8859-1 by the declaration',
    body: Buffer.from(withManufacturer(GERMAN, declared('ISO-8859-1')), 'latin1'),
    expected: made(GERMAN),
  },
  {
    name: 'ISO-8859-1 by a declaration that the header contradicts and the bytes confirm',
    body: Buffer.from(withManufacturer(GERMAN, declared('ISO-8859-1')), 'latin1'),
    contentType: 'text/xml; charset=utf-8',
    malformed: true,
    expected: made(GERMAN),
  },
  {
    name: 'the header outranks the declaration',
    body: Buffer.from(withManufacturer(GERMAN, declared('UTF-8')), 'latin1'),
    contentType: 'text/xml; charset=ISO-8859-1',
    expected: made(GERMAN),
  },
  {
    name: 'ISO-8859-1 that nobody declared',
    body: Buffer.from(withManufacturer(GERMAN), 'latin1'),
    malformed: true,
    expected: made(GERMAN),
  },
  {
    name: 'Windows-1252 by the header',
    body: EURO_1252,
    contentType: 'application/xml; charset=windows-1252',
    expected: made('€ –'),
  },
  {
    name: 'Windows-1252 that calls itself ISO-8859-1',
    body: EURO_1252,
    contentType: 'application/soap+xml; charset=ISO-8859-1; action="urn:x"',
    expected: made('€ –'),
  },
  { name: 'Windows-1252 that nobody declared', body: EURO_1252, malformed: true, expected: made('€ –') },
  {
    name: 'an SSID of any bytes in a body that is UTF-8 otherwise',
    body: Buffer.concat([
      Buffer.from(declared('UTF-8') + INFORM.slice(0, INFORM.indexOf('4.2.1-r7'))),
      Buffer.from([0x41, 0xff, 0x42]),
      Buffer.from(INFORM.slice(INFORM.indexOf('4.2.1-r7') + 8).replace('86400', 'ä')),
    ]),
    malformed: true,
    expected: informMessage({
      parameters: {
        'Device.DeviceInfo.SoftwareVersion': { value: 'A\ufffdB', type: 'string' },
        'Device.DeviceInfo.UpTime': { value: 'ä', type: 'unsignedInt' },
        'Device.ManagementServer.ConnectionRequestURL': {
          ...{ value: 'http://192.0.2.17:7547/a?b=1&c=2', type: 'string' },
        },
      },
    }),
  },
  {
    name: 'US-ASCII',
    body: Buffer.from(declared('US-ASCII') + INFORM),
    contentType: 'text/xml; charset=us-ascii',
    expected: informMessage(),
  },
  {
    name: 'a Content-Type without a type',
    body: Buffer.from(INFORM),
    contentType: '',
    expected: informMessage(),
  },
  {
    name: 'UTF-16 by its mark',
    body: utf16(BOM + INFORM),
    expected: refused('unsupported_charset'),
  },
  {
    name: 'UTF-16 of the other order by its mark',
    body: utf16(BOM + INFORM).swap16(),
    expected: refused('unsupported_charset'),
  },
  { name: 'UTF-16 without a mark', body: utf16(INFORM), expected: refused('unsupported_charset') },
  {
    name: 'UTF-16 by the header',
    body: Buffer.from(INFORM),
    contentType: 'text/xml; charset=utf-16',
    expected: refused('unsupported_charset'),
  },
  {
    name: 'KOI8-R by the declaration',
    body: Buffer.from(declared('KOI8-R') + INFORM),
    expected: refused('unsupported_charset'),
  },
];
