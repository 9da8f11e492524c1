import fc from 'fast-check';
import { applyEvent, applySignOfLife } from './apply-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { CpeEvent, ReportData } from './event.js';
import { emptyIntakeHistory } from './intake-history.js';
import { pathOfSource } from './intake-path.js';
import { sourceOfObserver } from './observation.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { currentValues, reportInForce } from './report-values.js';
import { replayEvent } from './replay-event.js';
import type { TimelineEntry } from './timeline.js';
import { judgeAtWatermark, type Transition } from './transitions.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const ACCEPTING = { acceptedAt: NOON + 86_400_000, gaps: [] };
const RULES = {
  settings: DEFAULT_REACHABILITY_SETTINGS,
  intake: { ...emptyIntakeHistory(), heartbeat: ACCEPTING, events: ACCEPTING },
};

let record: DeviceRecord;
let transitions: Transition[];
let timeline: TimelineEntry[];
let sequence: number;
beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  [transitions, timeline, sequence] = [[], [], 0];
});

const atSecond = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

function received(seconds: number, fields: Partial<CpeEvent>) {
  sequence += 1;
  const event: CpeEvent = {
    ...{ id: `e${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'SN1', data: {} },
    ...fields,
  };
  return { sequence, receivedAt: NOON + seconds * 1000, event };
}
const observation = (seconds: number, data: ReportData, fields: Partial<CpeEvent> = {}) =>
  received(seconds, {
    ...{ source: sourceOfObserver('olt'), type: 'cpemon.observation.v1' as const, time: atSecond(seconds) },
    data: { observation: { observer: 'olt' }, ...data },
    ...fields,
  });
const apply = (given: ReturnType<typeof received>) => applyEvent(record, given, RULES, transitions, timeline);
const heartbeat = (seconds: number, data: ReportData = { interval_seconds: 60 }) =>
  apply(received(seconds, { data }));

const DYING_GASP: ReportData = { observation: { observer: 'olt', observed: 'dying_gasp', state: 'raised' } };

test('an observation tells what happened and who says so, once', () => {
  heartbeat(0);
  const gasp = observation(
    10,
    { ...DYING_GASP, origin: { source: '//olt-7/1/3' } },
    { correlationid: 'c-1' },
  );
  expect(apply(gasp)).toBe('applied');
  expect(apply({ ...gasp, sequence: 9 })).toBe('duplicate');
  expect(timeline.map(({ kind, at, data }) => [kind, (at - NOON) / 1000, data])).toEqual([
    [
      ...['observation', 10],
      {
        ...{ observer: 'olt', observed: 'dying_gasp', state: 'raised' },
        ...{ by: '//olt-7/1/3', correlation_id: 'c-1' },
      },
    ],
  ]);
});

test('it is no sign of life: silence is judged as if nobody had said anything', () => {
  heartbeat(0);
  const { lastSeenAt, quietUntil, reachability } = record;
  for (let at = 30; at <= 900; at += 30) apply(observation(at, { metrics: { rx_power_dbm: -20 } }));
  expect(record).toMatchObject({ lastSeenAt, quietUntil, reachability });
  applySignOfLife(record, observation(910, {}), RULES, transitions);
  judgeAtWatermark(record, NOON + 920_000, RULES, transitions);
  expect(transitions.slice(1).map(({ to, at }) => [to, (at - NOON) / 1000])).toEqual([
    ['stale', 120],
    ['offline', 360],
  ]);
});

test('it brings no device back, and a stored record with observers resumes the silence of the device', () => {
  heartbeat(0);
  judgeAtWatermark(record, NOON + 1_000_000, RULES, transitions);
  apply(observation(1100, DYING_GASP));
  expect(record.reachability).toBe('offline');
  heartbeat(1200);
  expect(record.reachability).toBe('online');
  expect(record.quietUntil).toBe(NOON + 1_320_000);
});

test('its values stand beside those of the device, the one received later in force', () => {
  heartbeat(0, { metrics: { rx_power_dbm: -19, uptime_seconds: 5 } });
  apply(observation(10, { metrics: { rx_power_dbm: -21, olt_rx_power_dbm: -24 } }));
  expect(currentValues(record).metrics).toEqual({
    ...{ rx_power_dbm: -21, uptime_seconds: 5, olt_rx_power_dbm: -24 },
  });
  expect(reportInForce(record, 'metrics', 'rx_power_dbm')?.source).toBe('/observation/olt');
  heartbeat(20, { metrics: { rx_power_dbm: -19.5 } });
  expect(currentValues(record).metrics['rx_power_dbm']).toBe(-19.5);
  expect(record.sources.map(({ source }) => source)).toEqual(['/heartbeat', '/observation/olt']);
});

test('each kind of observer has an order of its own', () => {
  heartbeat(0);
  expect(apply(observation(100, { metrics: { rx_power_dbm: -21 } }))).toBe('applied');
  const radius = { source: sourceOfObserver('radius'), time: atSecond(50) };
  const session: ReportData = { observation: { observer: 'radius', observed: 'session_start' } };
  expect(apply(observation(101, session, radius))).toBe('applied');
  expect(apply(observation(102, { metrics: { rx_power_dbm: -30 } }, { time: atSecond(90) }))).toBe('late');
  expect(currentValues(record).metrics['rx_power_dbm']).toBe(-21);
});

test('an interval that it names is nobody’s', () => {
  heartbeat(0);
  apply(observation(10, { interval_seconds: 5 }));
  expect(record.sources.map(({ declaredSeconds }) => declaredSeconds)).toEqual([60, null]);
});

test('replayed it changes nothing that is right, and rights what is wrong', () => {
  heartbeat(0);
  const reading = observation(10, { metrics: { rx_power_dbm: -21 } });
  apply(reading);
  const before = JSON.stringify(record);
  expect(replayEvent(record, reading, RULES)).toBe(true);
  expect(JSON.stringify(record)).toBe(before);
  record.sources[1]!.reports[0]!.metrics['rx_power_dbm'] = 0;
  replayEvent(record, reading, RULES);
  expect(JSON.stringify(record)).toBe(before);
});

test('observations come in by the path of CloudEvents', () => {
  expect(pathOfSource(sourceOfObserver('cmts'))).toBe('events');
});

test('whatever is observed, whenever, the device lives and falls silent as without it', () => {
  const step = fc.record({
    seconds: fc.integer({ min: 1, max: 400 }),
    of: fc.constantFrom('heartbeat', 'olt', 'radius'),
    clock: fc.constantFrom(0, -7200, 200),
  });
  const run = (steps: { seconds: number; of: string; clock: number }[], isSeen: (of: string) => boolean) => {
    const device = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
    const changes: Transition[] = [];
    let at = 0;
    for (const [index, { seconds, of, clock }] of [
      { seconds: 0, of: 'heartbeat', clock: 0 },
      ...steps,
    ].entries()) {
      at += seconds;
      if (!isSeen(of)) continue;
      const given =
        of === 'heartbeat' ? received(at, {}) : observation(at, DYING_GASP, { source: `/observation/${of}` });
      const event = { ...given.event, id: `e${index}`, time: atSecond(at + clock) };
      if (of === 'heartbeat') event.data = { interval_seconds: 60 };
      applyEvent(device, { ...given, event }, RULES, changes);
    }
    judgeAtWatermark(device, NOON + at * 1000, RULES, changes);
    const { lastSeenAt, reachability, reason, since } = device;
    return {
      lastSeenAt,
      reachability,
      reason,
      since,
      changes: changes.map(({ to, at: when }) => [to, when]),
    };
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
      expect(run(steps, () => true)).toEqual(run(steps, (of) => of === 'heartbeat'));
    }),
  );
});
