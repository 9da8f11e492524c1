import { INTAKE_DOWN_AFTER_MS, pathsDown, shownReachability, type IntakeMoment } from './intake-outage.js';

const NOW = 1_800_000_000_000;
const DOWN_SINCE = NOW - INTAKE_DOWN_AFTER_MS - 1;
const intake: IntakeMoment = {
  at: NOW,
  acceptedAt: new Map([
    ['heartbeat', DOWN_SINCE],
    ['webhook', NOW - INTAKE_DOWN_AFTER_MS],
  ]),
};
const online = { reachability: 'online', reason: 'reporting', since: 5 } as const;

test('a path is down when it has not accepted for more than ten seconds', () => {
  expect(pathsDown(intake)).toEqual(['heartbeat']);
});

test('of a device whose path is down nothing is known since then', () => {
  const unknown = { reachability: 'unknown', reason: 'intake of heartbeat is down', since: DOWN_SINCE };
  expect(shownReachability(online, '/heartbeat', intake)).toEqual(unknown);
  expect(shownReachability({ ...online, reachability: 'stale' }, '/heartbeat', intake)).toEqual(unknown);
});

test('a device that was gone before stays gone', () => {
  const offline = { ...online, reachability: 'offline' } as const;
  expect(shownReachability(offline, '/heartbeat', intake)).toBe(offline);
});

test('devices of other paths, of paths never served and of unknown sources stay as they are', () => {
  for (const source of ['/webhook', '/telemetry', '/cwmp']) {
    expect(shownReachability(online, source, intake)).toBe(online);
  }
});
