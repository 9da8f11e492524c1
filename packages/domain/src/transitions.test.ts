import { applyEvent } from './apply-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { CpeEvent } from './event.js';
import { emptyIntakeHistory, type IntakeGap, type IntakeHistory } from './intake-history.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { judgeAtWatermark, type Transition } from './transitions.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const settings = DEFAULT_REACHABILITY_SETTINGS;
/** All paths accepting until `acceptedAt` (seconds after noon) but for the given gaps. */
const accepting = (acceptedAt: number, ...gaps: [number, number][]): IntakeHistory => {
  const history = emptyIntakeHistory();
  const list: IntakeGap[] = gaps.map(([from, to]) => ({
    startedAt: NOON + from * 1000,
    endedAt: NOON + to * 1000,
  }));
  for (const path of ['heartbeat', 'telemetry', 'webhook'] as const) {
    history[path] = { acceptedAt: NOON + acceptedAt * 1000, gaps: list };
  }
  return history;
};

let record: DeviceRecord;
let transitions: Transition[];
let sequence: number;

beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  transitions = [];
  sequence = 0;
});

function report(
  receivedAt: number,
  intake: IntakeHistory,
  fields: { source?: string; time?: number } = {},
): void {
  sequence += 1;
  const event: CpeEvent = {
    id: `event-${sequence}`,
    source: fields.source ?? '/heartbeat',
    type: 'cpemon.heartbeat.v1',
    subject: 'SN1',
    ...(fields.time === undefined ? {} : { time: new Date(NOON + fields.time * 1000).toISOString() }),
    data: { interval_seconds: 60 },
  };
  applyEvent(
    record,
    { sequence, receivedAt: NOON + receivedAt * 1000, event },
    { settings, intake },
    transitions,
  );
}

const judge = (watermark: number, intake: IntakeHistory) =>
  judgeAtWatermark(record, NOON + watermark * 1000, { settings, intake }, transitions);
const seen = () => transitions.map(({ to, at }) => [to, (at - NOON) / 1000]);

test('a silent device turns stale and offline at its deadlines, whenever they are looked at', () => {
  report(0, accepting(0));
  judge(120, accepting(1000));
  expect(seen()).toEqual([['online', 0]]);
  judge(1000, accepting(1000));
  expect(seen()).toEqual([
    ['online', 0],
    ['stale', 120],
    ['offline', 360],
  ]);
  expect(record).toMatchObject({
    reachability: 'offline',
    since: NOON + 360_000,
    reason: 'no report for 360 s',
  });
});

test('the event that ends a silence first brings the transitions that the silence has caused', () => {
  report(0, accepting(0));
  report(500, accepting(500));
  expect(seen()).toEqual([
    ['online', 0],
    ['stale', 120],
    ['offline', 360],
    ['online', 500],
  ]);
  expect(record.reason).toBe('reporting');
});

test('a device that reports on its deadline is in time', () => {
  report(0, accepting(0));
  report(120, accepting(120));
  judge(240, accepting(300));
  expect(seen()).toEqual([['online', 0]]);
});

test('no device turns stale while its path is not known to have been accepting', () => {
  report(0, accepting(0));
  judge(1000, accepting(100));
  judge(1000, emptyIntakeHistory());
  expect(seen()).toEqual([['online', 0]]);
});

test('a device of a path that is served only later is judged from then on', () => {
  report(0, emptyIntakeHistory());
  judge(1000, emptyIntakeHistory());
  expect(record.quietUntil).toBe(NOON + 1_060_000);
  judge(1061, accepting(1061));
  expect(record.reachability).toBe('offline');
});

test('a deadline past the last beat waits for the next, which tells whether there was a gap', () => {
  report(0, accepting(0));
  judge(121, accepting(119.9));
  expect(seen()).toEqual([['online', 0]]);
  judge(122, accepting(121));
  expect(seen().at(-1)).toEqual(['stale', 120]);
});

test('a closed gap moves the deadlines, for the watermark and for the next event alike', () => {
  const gap: [number, number] = [50, 100];
  report(0, accepting(0));
  const copy = structuredClone(record);
  judge(2000, accepting(2000, gap));
  const byWatermark = seen();
  record = copy;
  transitions = [];
  report(2000, accepting(2000, gap));
  // Due at 60, in the gap: 60 + 50 s from its end.
  expect(byWatermark.slice(1)).toEqual([
    ['stale', 210],
    ['offline', 450],
  ]);
  expect(seen().slice(0, 2)).toEqual(byWatermark.slice(1));
});

test('an event that comes as intake comes back finds no device stale', () => {
  report(0, accepting(0));
  // Nobody accepted from 10 s on; the first beat after the gap is not in the database yet.
  report(4000, accepting(10));
  expect(seen()).toEqual([['online', 0]]);
});

test('a device is online as long as one of its sources is on time', () => {
  report(0, accepting(0), { source: '/webhook' });
  report(10, accepting(10), { source: '/heartbeat' });
  for (let at = 70; at < 1000; at += 60) report(at, accepting(at), { source: '/webhook' });
  judge(1000, accepting(1000));
  expect(seen()).toEqual([['online', 0]]);
  judge(3000, accepting(3000));
  expect(record.reachability).toBe('offline');
});

test('what a relay sends hours late brings no device back', () => {
  report(0, accepting(0));
  judge(1000, accepting(1000));
  report(9000, accepting(9000), { source: '/webhook', time: 100 });
  expect(record.reachability).toBe('offline');
  expect(seen().at(-1)).toEqual(['offline', 360]);
});

test('a device first heard of by a report that is hours old is not online', () => {
  report(9000, accepting(9000), { source: '/webhook', time: 100 });
  expect(record.reachability).toBe('offline');
});
