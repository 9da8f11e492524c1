import type { Absence } from './absence.js';
import { applyEvent } from './apply-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { CpeEvent, ReportData } from './event.js';
import { emptyIntakeHistory, type IntakeGap, type IntakeHistory } from './intake-history.js';
import { INTAKE_PATHS } from './intake-path.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import type { TimelineEntry } from './timeline.js';
import { judgeAtWatermark, type Transition } from './transitions.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const settings = DEFAULT_REACHABILITY_SETTINGS;

let record: DeviceRecord;
let transitions: Transition[];
let timeline: TimelineEntry[];
let sequence: number;
let intake: IntakeHistory;

beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  [transitions, timeline, sequence, intake] = [[], [], 0, accepting()];
});

/** All paths accepting for a day but for gaps, seconds after noon. */
function accepting(...gaps: [number, number][]): IntakeHistory {
  const history = emptyIntakeHistory();
  const list: IntakeGap[] = gaps.map(([from, to]) => ({
    startedAt: NOON + from * 1000,
    endedAt: NOON + to * 1000,
  }));
  for (const path of INTAKE_PATHS) history[path] = { acceptedAt: NOON + 86_400_000, gaps: list };
  return history;
}

function report(at: number, data: ReportData = {}, fields: Partial<CpeEvent> = {}): void {
  sequence += 1;
  const event: CpeEvent = {
    ...{ id: `event-${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'SN1' },
    data: { interval_seconds: 60, ...data },
    ...fields,
  };
  const received = { sequence, receivedAt: NOON + at * 1000, event };
  applyEvent(record, received, { settings, intake }, transitions, timeline);
}
const uptime = (seconds: number): ReportData => ({ metrics: { uptime_seconds: seconds } });
const absences = () =>
  timeline
    .filter(({ kind }) => kind === 'absence')
    .map(({ at, data }) => ({ at: (at - NOON) / 1000, ...(data as Absence) }));

test('a device whose uptime is shorter than its absence was without power or booted', () => {
  report(0, uptime(5000));
  report(1000, uptime(90));
  expect(absences()).toEqual([
    {
      at: 1000,
      from: '2026-11-21T12:00:00.000Z',
      seconds: 1000,
      cause: 'power_or_reboot',
      uptime_seconds: 90,
    },
  ]);
});

test('a device that ran on meanwhile was cut off: the line or the path', () => {
  report(0, uptime(5000));
  report(1000, uptime(6000));
  expect(absences()).toMatchObject([{ seconds: 1000, cause: 'line_or_path', uptime_seconds: 6000 }]);
});

test('a counter of uptime that began again after 49.7 days is no boot', () => {
  const wrapSeconds = 2 ** 32 / 1000;
  report(0, uptime(wrapSeconds - 500));
  report(1000, uptime(500));
  expect(absences()).toMatchObject([{ cause: 'line_or_path' }]);
  expect(timeline.map(({ kind }) => kind)).not.toContain('boot');
});

test('without an uptime a boot is evidence, and without either the cause is unknown', () => {
  report(0);
  report(1000, { event_codes: ['1 BOOT', '2 PERIODIC'] });
  report(2000);
  expect(absences()).toMatchObject([
    { cause: 'power_or_reboot', boot: 'power_or_crash' },
    { at: 2000, cause: 'unknown' },
  ]);
});

test('an uptime that an ACS read before is no evidence', () => {
  report(0);
  report(1000, { ...uptime(90), read_at: { uptime_seconds: '2026-11-20T12:00:00.000Z' } });
  expect(absences()).toMatchObject([{ cause: 'unknown' }]);
});

test('whether somebody looked meanwhile or the event itself found it, the row is the same', () => {
  report(0, uptime(5000));
  judgeAtWatermark(record, NOON + 200_000, { settings, intake }, transitions, timeline);
  judgeAtWatermark(record, NOON + 900_000, { settings, intake }, transitions, timeline);
  report(1000, uptime(90));
  const looked = absences();
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  [timeline, sequence] = [[], 0];
  report(0, uptime(5000));
  report(1000, uptime(90));
  expect(absences()).toEqual(looked);
});

test('reports that a relay held back end the absence that there was, not the one that it made', () => {
  const relayed = (at: number, time: number) =>
    report(at, {}, { source: '/telemetry', time: new Date(NOON + time * 1000).toISOString() });
  relayed(0, 0);
  for (const time of [60, 120, 500, 560]) relayed(1000, time);
  expect(absences()).toMatchObject([{ at: 500, from: '2026-11-21T12:02:00.000Z', seconds: 380 }]);
});

test('the time in which nobody listened is told apart', () => {
  intake = accepting([100, 700]);
  report(0);
  report(2000);
  expect(absences()).toMatchObject([{ seconds: 2000, unobserved_seconds: 600 }]);
});

test('a device that was late by less than it may be was not absent', () => {
  report(0);
  report(119);
  expect(absences()).toEqual([]);
});
