import {
  INTAKE_DOWN_AFTER_MS,
  pathsDown,
  pathsUnheard,
  shownReachability,
  type IntakeMoment,
} from './intake-outage.js';

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

describe('while a source is silent', () => {
  const since = NOW - 600_000;
  const silent: IntakeMoment = { ...intake, silences: [{ kind: 'source', name: '/webhook', since }] };

  test('of its devices nothing is known since then', () => {
    expect(shownReachability({ ...online, lastSeenAt: since - 1 }, '/webhook', silent)).toEqual({
      reachability: 'unknown',
      reason: `source silent since ${new Date(since).toISOString()}`,
      since,
    });
    expect(pathsUnheard(silent)).toEqual(['heartbeat', 'webhook']);
  });

  test('those that were heard since, that another source shows, or that were gone before stay as they are', () => {
    const heard = { ...online, lastSeenAt: since + 1 };
    expect(shownReachability(heard, '/webhook', silent)).toBe(heard);
    expect(shownReachability(online, '/telemetry', silent)).toBe(online);
    const gone = { ...online, reachability: 'offline', lastSeenAt: since - 1 } as const;
    expect(shownReachability(gone, '/webhook', silent)).toBe(gone);
  });

  test('of a model that is quiet its devices are unknown, and no others', () => {
    const quiet: IntakeMoment = { ...intake, silences: [{ kind: 'model', name: 'HG8245', since }] };
    const before = { ...online, lastSeenAt: since - 1 };
    expect(shownReachability({ ...before, model: 'HG8245' }, '/telemetry', quiet).reason).toMatch(
      /^model quiet since/,
    );
    const other = { ...before, model: 'EG8145V5' };
    expect(shownReachability(other, '/telemetry', quiet)).toBe(other);
  });
});
