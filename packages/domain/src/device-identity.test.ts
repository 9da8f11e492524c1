import { adoptIdentity, identityOf, matchIdentity, readOui, type DeviceIdentity } from './device-identity.js';
import type { CpeEvent } from './event.js';

const device = (oui = '', productClass = ''): DeviceIdentity => ({ serialNumber: 'SN1', oui, productClass });
const event = (fields: Partial<CpeEvent>): CpeEvent => ({
  id: '1',
  source: '/webhook',
  type: 'cpemon.acs-event.v1',
  subject: 'SN1',
  data: {},
  ...fields,
});

test('a placeholder for a serial number joins nothing but what is known by exactly the same', () => {
  const placeholder = (oui = '', productClass = '') => ({ serialNumber: '99999999', oui, productClass });
  const full = placeholder('00259E', 'EG8145V5');
  expect(matchIdentity([full], placeholder())).toBeUndefined();
  expect(matchIdentity([placeholder()], full)).toBeUndefined();
  expect(matchIdentity([full], { ...full })).toBe(full);
});

test('an event without an OUI means the only device with its serial number', () => {
  const only = device('00259E', 'EG8145V5');
  expect(matchIdentity([only], device())).toBe(only);
});

test('an event without an OUI means a device of its own where two share the serial number', () => {
  const one = device('00259E', 'EG8145V5');
  const two = device('0026ED', 'F670L');
  expect(matchIdentity([one, two], device())).toBeUndefined();
  const own = device();
  expect(matchIdentity([one, two, own], device())).toBe(own);
});

test('a full identity adopts a device known by its serial number alone', () => {
  const known = device();
  expect(matchIdentity([known], device('00259E', 'EG8145V5'))).toBe(known);
  expect(adoptIdentity(known, device('00259E', 'EG8145V5'))).toBe(true);
  expect(known).toEqual(device('00259E', 'EG8145V5'));
  expect(adoptIdentity(known, device())).toBe(false);
});

test('two full identities stay two devices', () => {
  expect(matchIdentity([device('00259E', 'EG8145V5')], device('0026ED', 'F670L'))).toBeUndefined();
  expect(matchIdentity([device('00259E', 'EG8145V5')], device('00259E', 'HG8245')))?.toBeUndefined();
});

test('a full identity does not adopt the device that ambiguous events made', () => {
  const known = [device('00259E', 'A'), device('0026ED', 'B'), device()];
  expect(matchIdentity(known, device('001122', 'C'))).toBeUndefined();
});

test('an OUI without a product class means the only device of that maker', () => {
  const one = device('00259E', 'A');
  expect(matchIdentity([one, device('0026ED', 'B')], device('00259E', ''))).toBe(one);
  expect(matchIdentity([one, device('00259E', 'C'), device()], device('00259E', ''))).toBeUndefined();
});

test('what no column can hold never becomes part of an identity', () => {
  expect(identityOf(event({ oui: 'ÄÖÜ', productclass: ' x ' }))).toEqual(device('', 'x'));
  expect(identityOf(event({ oui: 'x'.repeat(17) })).oui).toBe('');
  expect(identityOf(event({ productclass: 'é'.repeat(500) })).productClass).toBe('é'.repeat(64));
  expect(identityOf(event({ productclass: `${'x'.repeat(63)}😀` })).productClass).toBe(
    `${'x'.repeat(63)}\uFFFD`,
  );
});

test('an OUI of which the upper case is too long, or no ASCII, is none', () => {
  expect(readOui(' 00259e ')).toBe('00259E');
  expect(readOui('x'.repeat(40))).toBe('X'.repeat(16));
  expect(readOui('ß'.repeat(16))).toBe('');
  expect(readOui('')).toBe('');
});
