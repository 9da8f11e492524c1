import { STANDARD_EVENT_CODES } from '@cpemon/domain';
import { standardEventCode } from './event-codes.js';

test.each(STANDARD_EVENT_CODES)('%s in any case and spacing', (code) => {
  expect(standardEventCode(code)).toBe(code);
  expect(standardEventCode(` ${code.toLowerCase().replaceAll(' ', '  ')}\n`)).toBe(code);
});

test.each(['', 'X CT-COM BIND', 'M X_0A1B2C_y', '1', '1BOOT', '15 SOMETHING', '__proto__'])(
  '%p stays as it is',
  (code) => {
    expect(standardEventCode(code)).toBe(code);
  },
);
