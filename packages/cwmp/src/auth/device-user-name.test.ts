import { isDeviceName, namesDevice } from './device-user-name.js';

const DEVICE = { oui: '00259E', productClass: 'HG 8245/H', serialNumber: 'A-1.2' };

test.each([
  ['00259E-A-1.2', true],
  ['00259e-A-1.2', true],
  ['00259E-HG 8245/H-A-1.2', true],
  ['00259E-HG%208245%2FH-A%2D1%2E2', true],
  ['00259E-A-1.3', false],
  ['00259E-HG8245H-A-1.2', false],
  ['00259E-a-1.2', false],
  ['00259F-A-1.2', false],
  ['00259E-%zz', false],
  ['00259E-', false],
])('%s names the device: %p', (name, expected) => {
  expect(namesDevice(name, DEVICE)).toBe(expected);
});

test('a name of a fleet is told from that of a device', () => {
  expect(['fleet', 'cpe-1', '00259E', '00259E-', ''].some(isDeviceName)).toBe(false);
  expect(isDeviceName('abcdef-1')).toBe(true);
});
