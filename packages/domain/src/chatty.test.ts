import fc from 'fast-check';
import { applyEvent } from './apply-event.js';
import { NORMAL_AGAIN_MS, isChatty, isOneMore, thinningMs } from './chatty.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { CpeEvent } from './event.js';
import { emptyIntakeHistory } from './intake-history.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import type { TimelineEntry } from './timeline.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const RULES = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: emptyIntakeHistory() };

interface Said {
  intervalSeconds?: number;
  source?: string;
  type?: CpeEvent['type'];
  time?: number;
  data?: CpeEvent['data'];
}

let record: DeviceRecord;
let timeline: TimelineEntry[];
let now: number;
let sequence: number;
beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  timeline = [];
  now = NOON;
  sequence = 0;
});

function report({ intervalSeconds, source = '/heartbeat', type = 'cpemon.heartbeat.v1', time, data }: Said) {
  sequence += 1;
  const event: CpeEvent = {
    ...{ id: `e${sequence}`, source, type, subject: 'SN1' },
    ...(time === undefined ? {} : { time: new Date(time).toISOString() }),
    data: { ...(intervalSeconds === undefined ? {} : { interval_seconds: intervalSeconds }), ...data },
  };
  applyEvent(record, { sequence, receivedAt: now, event }, RULES, [], timeline);
}

/** So many reports, each so long after the one before. */
function reports(count: number, everySeconds: number, said: Said = {}): void {
  for (let n = 0; n < count; n += 1) {
    now += everySeconds * 1000;
    report(said);
  }
}
const told = () => timeline.filter(({ kind }) => kind === 'chatty').map(({ data }) => data);

test.each([
  ['up to six a minute', 60, 10, false],
  ['more than six a minute and than three times what it declares', 60, 8, true],
  ['often, and less than three times what it declares', 20, 7, false],
  ['more than three times what it declares', 20, 6, true],
  ['every second, as it declares', 1, 1, false],
  ['several times a minute, of a declared hour', 3600, 12, false],
])('a device that reports %s', (_name, intervalSeconds, everySeconds, chatty) => {
  reports(100, everySeconds, { intervalSeconds });
  expect(isChatty(record)).toBe(chatty);
});

test('a device that declares nothing is measured by what was usual', () => {
  reports(10, 60);
  reports(60, 5);
  expect(isChatty(record)).toBe(true);
});

test('up to ten times as many are not chatty, and usual from then on', () => {
  reports(10, 60);
  reports(60, 7);
  reports(60, 5);
  expect(isChatty(record)).toBe(false);
});

test('a device that has always reported often is not chatty, and one that floods is', () => {
  reports(200, 5);
  expect(isChatty(record)).toBe(false);
  reports(400, 0.5);
  expect(isChatty(record)).toBe(true);
});

test('what has gone on for a day is usual', () => {
  reports(10, 60);
  reports(17_000, 5);
  expect(isChatty(record)).toBe(true);
  reports(600, 5);
  expect(isChatty(record)).toBe(false);
  expect(told()).toEqual([{ chatty: true }, { chatty: false }]);
});

test('a flood is noticed after 30 reports, whatever the device is', () => {
  reports(2, 60, { intervalSeconds: 60 });
  reports(30, 0.1);
  expect(isChatty(record)).toBe(false);
  reports(1, 0.1);
  expect(record.reportRate?.chattySince).toBe(now);
  expect(told()).toEqual([{ chatty: true }]);
});

test('every event of a chatty device is applied', () => {
  reports(500, 0.1, { intervalSeconds: 60, data: { metrics: { wifi_clients: 3 } } });
  expect(record.applied).toBe(500);
  expect(record.sources[0]!.reports[0]!.sequence).toBe(500);
});

test('it is chatty until its rate has been normal for a while', () => {
  reports(100, 1, { intervalSeconds: 60 });
  reports(NORMAL_AGAIN_MS / 60_000 - 1, 60);
  expect(isChatty(record)).toBe(true);
  // Once more: the time counts from the beginning.
  reports(100, 1);
  reports(NORMAL_AGAIN_MS / 60_000 - 1, 60);
  expect(isChatty(record)).toBe(true);
  reports(5, 60);
  expect(record.reportRate).toBeNull();
  expect(told()).toEqual([{ chatty: true }, { chatty: false }]);
});

test('it stays chatty while its rate is just below the limit', () => {
  reports(100, 1, { intervalSeconds: 60 });
  reports(500, 11);
  expect(isChatty(record)).toBe(true);
});

test('silence is normal', () => {
  reports(100, 1, { intervalSeconds: 60 });
  reports(1, NORMAL_AGAIN_MS / 1000 + 60);
  expect(record.reportRate).toBeNull();
});

test('nothing is kept of a device whose reports lie apart, and of a repeat only until the next report', () => {
  for (let n = 0; n < 50; n += 1) {
    reports(1, 15);
    expect(record.reportRate).toBeNull();
  }
  reports(1, 1);
  expect(record.reportRate).not.toBeNull();
  reports(1, 60);
  expect(record.reportRate).toBeNull();
});

test.each([1, 2, 5, 9])('nothing is kept of a device that reports every %d s, as it declares', (seconds) => {
  for (let n = 0; n < 50; n += 1) {
    reports(1, seconds, { intervalSeconds: seconds });
    expect(record.reportRate).toBeNull();
  }
});

test('what a boot brings is no flood', () => {
  reports(5, 60, { intervalSeconds: 60 });
  for (const source of ['/cwmp', '/webhook', '/heartbeat']) reports(8, 0.5, { source });
  expect(isChatty(record)).toBe(false);
});

test('a day of reports that come at once is late, whichever way round', () => {
  const made = Array.from({ length: 1440 }, (_, minute) => NOON - minute * 60_000);
  for (const time of [...made].reverse()) report({ time });
  expect(isChatty(record)).toBe(false);
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  for (const time of made) report({ time });
  expect(isChatty(record)).toBe(false);
});

test('retained reports, further requests of a session and what an ACS does are not counted', () => {
  reports(200, 0.1, { data: { behind_reports: 3 } });
  reports(200, 0.1, { source: '/cwmp', type: 'cpemon.rpc.v1' });
  reports(200, 0.1, { source: '/cwmp', type: 'cpemon.parameters.v1' });
  reports(200, 0.1, { source: '/webhook', data: { occurrence: 'provision' } });
  expect(record.reportRate).toBeNull();
});

test('a clock that jumps about hides a flood for no longer than it jumps', () => {
  reports(100, 1, { intervalSeconds: 60 });
  report({ time: NOON - 10 * 86_400_000 });
  expect(isChatty(record)).toBe(true);
});

test('the same report sent again and again is a duplicate, not a flood', () => {
  reports(1, 60, { intervalSeconds: 60 });
  for (let n = 0; n < 40; n += 1) {
    sequence = 1;
    report({});
  }
  expect(record.duplicates).toBeGreaterThan(30);
  expect(isChatty(record)).toBe(false);
});

test('whatever comes, counts stay small and finite', () => {
  const steps = fc.array(
    fc.record({
      afterMs: fc.oneof(fc.nat(10_000), fc.nat(10_000_000)),
      source: fc.constantFrom('/heartbeat', '/webhook', '/cwmp'),
      aheadMs: fc.option(fc.integer({ min: -90_000_000, max: 400_000 }), { nil: undefined }),
      intervalSeconds: fc.option(fc.integer({ min: 1, max: 3600 }), { nil: undefined }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (list) => {
      record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
      now = NOON;
      for (const { afterMs, source, aheadMs, intervalSeconds } of list) {
        now += afterMs;
        report({
          source,
          ...(aheadMs === undefined ? {} : { time: now + aheadMs }),
          ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
        });
        const { reportRate: rate } = record;
        if (rate === null) continue;
        expect(Object.values(rate).every((value) => value === null || Number.isFinite(value))).toBe(true);
        expect(rate.countedSince).toBeLessThanOrEqual(now);
        expect(rate.reports).toBeLessThanOrEqual(2000);
      }
    }),
    { numRuns: 50 },
  );
});

describe('thinning', () => {
  test('goes by the interval that the source declares, ten seconds at most', () => {
    expect(thinningMs({ declaredSeconds: null })).toBe(10_000);
    expect(thinningMs({ declaredSeconds: 300 })).toBe(10_000);
    expect(thinningMs({ declaredSeconds: 2 })).toBe(2000);
  });

  test('keeps one value of each stretch of time, whichever way the clock went', () => {
    expect(isOneMore(19_999, 10_000, 10_000)).toBe(true);
    expect(isOneMore(20_000, 19_999, 10_000)).toBe(false);
    expect(isOneMore(5_000, 19_999, 10_000)).toBe(false);
    expect(isOneMore(5_000, -Infinity, 10_000)).toBe(false);
  });
});
