import { isPlaceholderSerial } from './placeholder-serial.js';

test.each([
  ...['99999999', '0000', 'XXXXXXXXXXXX', '00:00:00:00:00:00', 'ffffffffffff', '0000-0000', '____'],
  ...['123456', '1234567890', '0123456789', '12345678901234'],
  ...['unknown', 'DEFAULT', 'SerialNumber', 'not set', 'undefined'],
])('%s tells no devices apart', (serialNumber) => {
  expect(isPlaceholderSerial(serialNumber)).toBe(true);
});

test.each([
  ...[
    'A',
    'AA',
    '999',
    '99999998',
    '12345',
    '1234567A',
    '123457',
    '48575443A94196A5',
    'HWTCA94196A5',
    '2102311ABC',
  ],
  ...[
    '10.18.104.79',
    '234567',
    'DEFAULT1',
    'unknown-7',
    '00259E-EG8145V5-48575443',
    '',
    '0001',
    '000000000001',
  ],
])('%s is a serial number', (serialNumber) => {
  expect(isPlaceholderSerial(serialNumber)).toBe(false);
});
