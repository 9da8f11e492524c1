import { filterOfQuery, filterWords, isOpen } from './dead-letter-words.js';

test('an address without filters shows what is dead, and what cannot be meant is left out', () => {
  expect(filterOfQuery(new URLSearchParams(''))).toEqual({ state: 'dead' });
  expect(filterOfQuery(new URLSearchParams('state=toString&reason=refused&device=%20A1&cause='))).toEqual({
    ...{ reason: 'refused', device: 'A1' },
  });
});

test('the question before many are done says which', () => {
  expect(filterWords({ state: 'dead' })).toBe('all that are dead');
  expect(filterWords({ reason: 'data_error', device: 'A1', cause: 'column' })).toBe(
    'all that are dead, refused by the database, of device A1, with “column” in the cause',
  );
});

test('only what is dead can be asked for', () => {
  expect([isOpen({ state: 'dead' }), isOpen({ state: 'requeue' }), isOpen({ state: 'applied' })]).toEqual([
    ...[true, false, false],
  ]);
});
