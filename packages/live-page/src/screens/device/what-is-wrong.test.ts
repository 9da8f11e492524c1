import { isHealthFrozen, wentWrongAt, whatIsWrong } from './what-is-wrong.js';

const well = {
  ...{ reachability: 'online', reason: 'reporting', since: '2026-11-20T00:00:00.000Z' },
  ...{ health: 'ok', health_since: null, admin_state: 'in_service', conditions: [] },
  ...{ chatty: false, chatty_since: null, last_seen: '2026-11-22T02:00:00.000Z' },
} as Parameters<typeof wentWrongAt>[0];
const weak = {
  ...{ rule: 'optics-weak', severity: 'warning', text: 'Receive power is -25.4 dBm' },
  ...{ since: '2026-11-22T01:00:00.000Z', opened_at: '2026-11-22T01:30:00.000Z' },
  ...{ metric: 'rx_power_dbm', value: -25.4 },
} as (typeof well.conditions)[number];
const down = {
  ...weak,
  rule: 'internet-down',
  severity: 'critical',
  since: '2026-11-22T01:50:00.000Z',
} as typeof weak;

test('of a device that is well nothing is wrong', () => {
  expect([whatIsWrong(well), wentWrongAt(well)]).toEqual([[], null]);
});

test('the worst comes first, then what began first', () => {
  const device = { ...well, health: 'critical', conditions: [weak, down], chatty: true } as typeof well;
  expect(whatIsWrong(device).map(({ rule, severity }) => [rule, severity])).toEqual([
    ['internet-down', 'critical'],
    ['optics-weak', 'warning'],
    [null, 'note'],
  ]);
  expect(wentWrongAt(device)).toBe(Date.parse(weak.since));
});

test('a device that fell silent went wrong when it was heard last', () => {
  const device = { ...well, reachability: 'offline', since: '2026-11-22T02:15:00.000Z' } as typeof well;
  expect(whatIsWrong(device)).toMatchObject([
    { title: 'Offline', detail: 'reporting', severity: 'critical' },
  ]);
  expect(wentWrongAt(device)).toBe(Date.parse(device.last_seen));
});

test('what is only to be known is no trouble', () => {
  const device = { ...well, admin_state: 'maintenance' } as typeof well;
  expect(whatIsWrong(device).map(({ severity }) => severity)).toEqual(['note']);
  expect(wentWrongAt(device)).toBeNull();
});

test('health stands still while a device is offline', () => {
  expect(isHealthFrozen({ reachability: 'offline', health: 'critical' })).toBe(true);
  expect(isHealthFrozen({ reachability: 'offline', health: 'unknown' })).toBe(false);
  expect(isHealthFrozen({ reachability: 'stale', health: 'critical' })).toBe(false);
});
