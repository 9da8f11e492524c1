import fc from 'fast-check';
import {
  REMEMBERED_IDENTITIES,
  identitiesFromText,
  identitiesToText,
  identityCode,
  remember,
  remembers,
} from './recent-identities.js';

test('an identity is remembered until sixteen others have come', () => {
  const first = identityCode('/heartbeat', 'first');
  const memory: number[] = [];
  remember(memory, first);
  for (let n = 1; n < REMEMBERED_IDENTITIES; n += 1) remember(memory, identityCode('/heartbeat', `${n}`));
  expect(remembers(memory, first)).toBe(true);
  remember(memory, identityCode('/heartbeat', 'one more'));
  expect(remembers(memory, first)).toBe(false);
  expect(remembers(memory, identityCode('/heartbeat', '1'))).toBe(true);
  expect(memory).toHaveLength(REMEMBERED_IDENTITIES);
});

test('the same id from another source is another identity, and so is what only joins to the same text', () => {
  expect(identityCode('/heartbeat', 'x')).not.toBe(identityCode('/webhook', 'x'));
  expect(identityCode('/a', 'bc')).not.toBe(identityCode('/ab', 'c'));
});

test('a hundred thousand similar identities have a hundred thousand codes', () => {
  const codes = new Set<number>();
  for (let n = 0; n < 100_000; n += 1)
    codes.add(identityCode('/telemetry', `2026-11-21T11:32:00.000Z/SIM-${n}`));
  expect(codes.size).toBe(100_000);
});

test('codes come back from their text, which is eight characters each that need no escaping anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 16 }),
      (identities) => {
        const codes = identities.map(([source, id]) => identityCode(source, id));
        const text = identitiesToText(codes);
        expect(text).toMatch(/^([A-Za-z0-9_-]{8})*$/);
        expect(text).toHaveLength(codes.length * 8);
        expect(identitiesFromText(text)).toEqual(codes);
      },
    ),
  );
});
