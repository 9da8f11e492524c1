import { applyEvent } from './apply-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import { emptyIntakeHistory, type IntakeGap } from './intake-history.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { silentTelemetry } from './telemetry-silence.js';
import type { TimelineEntry } from './timeline.js';
import { judgeAtWatermark } from './transitions.js';

const NOON = Date.UTC(2026, 10, 21, 12);

let record: DeviceRecord;
let timeline: TimelineEntry[];
let sequence: number;
let gaps: IntakeGap[];

beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  [timeline, sequence, gaps] = [[], 0, []];
});

const rules = () => ({
  settings: DEFAULT_REACHABILITY_SETTINGS,
  intake: {
    ...emptyIntakeHistory(),
    heartbeat: { acceptedAt: NOON + 1e9, gaps: [] },
    webhook: { acceptedAt: NOON + 1e9, gaps },
  },
});
function report(minute: number, source: string, interval?: number): void {
  sequence += 1;
  const event = {
    ...({ id: `event-${sequence}`, source, type: 'cpemon.heartbeat.v1', subject: 'SN1' } as const),
    data: interval === undefined ? { event_codes: ['4 VALUE CHANGE'] } : { interval_seconds: interval },
  };
  applyEvent(record, { sequence, receivedAt: NOON + minute * 60_000, event }, rules(), [], timeline);
}
const heartbeats = (from: number, until: number) => {
  for (let minute = from; minute <= until; minute += 1) report(minute, '/heartbeat', 60);
};
const look = (minute: number) => judgeAtWatermark(record, NOON + minute * 60_000, rules(), [], timeline);
const rows = () =>
  timeline
    .filter(({ kind }) => kind === 'telemetry')
    .map(({ at, data }) => [(data as { state: string }).state, (at - NOON) / 60_000]);

test('a source that falls silent on a device that lives by another is told, and its return', () => {
  report(0, '/webhook', 300);
  heartbeats(0, 20);
  expect(rows()).toEqual([['silent', 15]]);
  expect(silentTelemetry(record, NOON + 20 * 60_000)).toEqual({
    source: '/webhook',
    since: NOON + 15 * 60_000,
  });
  expect(record.reachability).toBe('online');
  report(30, '/webhook', 300);
  expect(rows().at(-1)).toEqual(['reporting', 30]);
  expect(silentTelemetry(record, NOON + 30 * 60_000)).toBeNull();
});

test('it is found by a look at the deadlines at the same time', () => {
  report(0, '/webhook', 300);
  heartbeats(0, 14);
  look(15.5);
  expect(rows()).toEqual([['silent', 15]]);
  expect(record.quietUntil).toBe(NOON + 16 * 60_000);
});

test('a source without a rhythm is not missed', () => {
  report(0, '/webhook');
  heartbeats(0, 300);
  expect(rows()).toEqual([]);
});

test('a device that is gone has no silent source, and one that is back is given time for all of them', () => {
  report(0, '/webhook', 300);
  heartbeats(0, 1);
  look(60);
  heartbeats(60, 74);
  expect(record.reachability).toBe('online');
  expect(rows()).toEqual([]);
  heartbeats(75, 80);
  expect(rows()).toEqual([['silent', 75]]);
});

test('while nobody listened on its way in a source was not silent', () => {
  gaps = [{ startedAt: NOON + 2 * 60_000, endedAt: NOON + 62 * 60_000 }];
  report(0, '/webhook', 300);
  heartbeats(0, 70);
  expect(rows()).toEqual([]);
});

test('after a week a silent source is expected no more', () => {
  report(0, '/webhook', 300);
  heartbeats(0, 20);
  expect(silentTelemetry(record, NOON + 8 * 86_400_000)).toBeNull();
});
