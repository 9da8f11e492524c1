import { readSerialNumber } from './serial-number.js';

test.each([
  ['SIM-00000001', 'SIM-00000001'],
  [' SIM 1\r\n', 'SIM 1'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ['"quoted\\"', '"quoted\\"'],
  [1234567, '1234567'],
])('%p is the serial number %p', (sent, serialNumber) => {
  expect(readSerialNumber(sent)).toEqual({ serialNumber });
});

test.each([[undefined], [null], [''], ['   ']])('%p is no serial number at all', (sent) => {
  expect(readSerialNumber(sent)).toEqual({ refused: 'missing_sn' });
});

test.each([
  ['x'.repeat(10_000)],
  ['A\u0000B'],
  ['\u0007A'],
  ['A\u007f'],
  ['router \u{1F600}'],
  ['Gerät'],
  [1.5],
  [-1],
  [1e21],
  [true],
  [['A1']],
  [{ toString: 'A1' }],
])('%p is refused', (sent) => {
  expect(readSerialNumber(sent)).toEqual({ refused: 'invalid_sn' });
});
