import { normalKey, ponSerialForms, readLabelName, serialNumberForms } from './inventory.js';

test('a PON serial number is one key in hex and in ASCII', () => {
  expect(normalKey('pon_serial', 'HWTCA94196A5')).toBe('48575443A94196A5');
  expect(normalKey('pon_serial', ' 48575443a94196a5 ')).toBe('48575443A94196A5');
  expect(ponSerialForms('48575443A94196A5')?.ascii).toBe('HWTCA94196A5');
  expect(serialNumberForms('48575443A94196A5')).toEqual(['48575443A94196A5', 'HWTCA94196A5']);
});

test('what is no PON serial number has one form', () => {
  for (const text of ['A1', '0000000000000000', 'HWTC-A94196A5', 'FFFFFFFF00000000', '48575443A94196A']) {
    expect(ponSerialForms(text)).toBeNull();
    expect(serialNumberForms(text)).toEqual([text]);
  }
});

test('MAC addresses are compared by their digits, PPPoE users without regard to case', () => {
  for (const text of ['00:25:9e:AA:bb:01', '0025.9eaa.bb01', '00-25-9E-AA-BB-01', '00259EAABB01'])
    expect(normalKey('mac', text)).toBe('00259EAABB01');
  expect(normalKey('mac', '00:25:9e:aa:bb')).toBeNull();
  expect(normalKey('pppoe_user', ' Eva@ISP ')).toBe('eva@isp');
  expect(normalKey('circuit', 'a\u0000b')).toBeNull();
});

test('a label is named by a word in lower case', () => {
  expect(readLabelName(' Model Group ')).toBe('model_group');
  for (const text of ['', '1st', '__proto__', 'é', 'x'.repeat(33)]) expect(readLabelName(text)).toBeNull();
});
