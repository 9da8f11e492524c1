import { DORMANT_AFTER_MS, shownAdminState } from './dormancy.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const gone = (forMs: number) => ({ reachability: 'offline', since: NOW - forMs }) as const;

test('a device that is offline for more than thirty days is dormant, until it reports', () => {
  expect(shownAdminState('in_service', gone(DORMANT_AFTER_MS), NOW)).toBe('in_service');
  expect(shownAdminState('in_service', gone(DORMANT_AFTER_MS + 1), NOW)).toBe('dormant');
  const back = { reachability: 'online', since: NOW - 2 * DORMANT_AFTER_MS } as const;
  expect(shownAdminState('in_service', back, NOW)).toBe('in_service');
});

test('one that was never heard is expected', () => {
  expect(shownAdminState('in_service', undefined, NOW)).toBe('expected');
});

test('what the operator has set stays as it is', () => {
  for (const state of ['suspended', 'maintenance', 'retired'] as const) {
    expect(shownAdminState(state, gone(2 * DORMANT_AFTER_MS), NOW)).toBe(state);
    expect(shownAdminState(state, undefined, NOW)).toBe(state);
  }
});
