import { chipsOf, exportHref, readFilters, readListQuery } from './list-filters.js';

test('of an address only what the API knows is asked', () => {
  const query = new URLSearchParams(
    'q=a&status=offline&label.pon=1/2&wall=1&label.Bad!=x&model=&sort=-since&cursor=c',
  );
  expect(readFilters(query)).toEqual({ q: 'a', status: 'offline', 'label.pon': '1/2' });
  expect(readListQuery(query)).toEqual({
    ...{ q: 'a', status: 'offline', 'label.pon': '1/2' },
    ...{ sort: '-since', cursor: 'c' },
  });
});

test('filters without a field of their own can be taken away one by one', () => {
  expect(chipsOf({ q: 'a', status: 'offline', model: 'X', 'label.pon': '1' })).toEqual([
    { name: 'model', value: 'X' },
    { name: 'label.pon', value: '1' },
  ]);
});

test('what is exported is what is filtered', () => {
  expect(exportHref({ 'label.pon': 'a&b' }, 'csv')).toBe('/v1/export/devices?label.pon=a%26b&format=csv');
});
