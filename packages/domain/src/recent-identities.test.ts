import fc from 'fast-check';
import { REMEMBERED_IDENTITIES, identityCode, remember, remembers } from './recent-identities.js';

test('an identity is remembered until sixteen others have come', () => {
  const first = identityCode('/heartbeat', 'first');
  let memory = remember('', first);
  for (let n = 1; n < REMEMBERED_IDENTITIES; n += 1)
    memory = remember(memory, identityCode('/heartbeat', `${n}`));
  expect(remembers(memory, first)).toBe(true);
  memory = remember(memory, identityCode('/heartbeat', 'one more'));
  expect(remembers(memory, first)).toBe(false);
  expect(remembers(memory, identityCode('/heartbeat', '1'))).toBe(true);
});

test('the same id from another source is another identity, and so is what only joins to the same text', () => {
  expect(identityCode('/heartbeat', 'x')).not.toBe(identityCode('/webhook', 'x'));
  expect(identityCode('/a', 'bc')).not.toBe(identityCode('/ab', 'c'));
});

test('a hundred thousand similar identities have a hundred thousand codes', () => {
  const codes = new Set<string>();
  for (let n = 0; n < 100_000; n += 1)
    codes.add(identityCode('/telemetry', `2026-11-21T11:32:00.000Z/SIM-${n}`));
  expect(codes.size).toBe(100_000);
});

test('a code is eight characters that need no escaping anywhere', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (source, id) => {
      expect(identityCode(source, id)).toMatch(/^[A-Za-z0-9_-]{8}$/);
    }),
  );
});

test('a code that appears only across the border of two others is not remembered', () => {
  expect(remembers('AAAABBBBCCCCDDDD', 'BBBBCCCC')).toBe(false);
  expect(remembers('AAAABBBBCCCCDDDDBBBBCCCC', 'BBBBCCCC')).toBe(true);
});
