import fc from 'fast-check';
import {
  DEFAULT_REACHABILITY_SETTINGS,
  applyEvent,
  compileHealthRules,
  judgeAtWatermark,
  newDeviceRecord,
  readHealthRules,
  resumeSilence,
  type CpeEvent,
  type DeviceRecord,
  type IntakeHistory,
  type JudgementRules,
  type ReceivedEvent,
  type TimelineEntry,
} from '@cpemon/domain';
import { encodeMemory } from './device-memory.js';
import { decodeMemory } from './read-device-memory.js';
import { columnValues } from './value-columns.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

const { set } = readHealthRules({
  baseline_day: '1h',
  rules: [
    {
      ...{ name: 'low', metric: 'rx_power_dbm', below: -27, for: '10m', reports: 2, severity: 'critical' },
      ...{ clear: { above: -26, for: '5m' }, text: '{value}' },
    },
    {
      ...{ name: 'fallen', metric: 'rx_power_dbm', compare: 'own_median', at_most: -2, for: '10m' },
      ...{ severity: 'warning', text: '{value} "{measure}" \\ {usual}' },
    },
    {
      ...{ name: 'errors', metric: 'dsl_crc_errors', compare: 'per_hour', above: 100, for: '5m' },
      ...{ severity: 'warning', text: '{measure}' },
    },
    {
      ...{
        name: 'resyncs',
        metric: 'dsl_showtime_seconds',
        compare: 'falls_per_hour',
        at_least: 2,
        for: '1s',
      },
      ...{ severity: 'warning', text: '{measure}' },
    },
  ],
});
const always = { acceptedAt: NOON + 30 * 86_400_000, gaps: [] };
const intake = new Proxy({} as IntakeHistory, { get: () => always });
const RULES: JudgementRules = {
  settings: DEFAULT_REACHABILITY_SETTINGS,
  intake,
  health: compileHealthRules(set!),
};

interface Step {
  minutes: number;
  /** Minutes by which the device's own time lies behind; a report may be late, or come twice. */
  behind: number;
  again: boolean;
  rx: number;
  errors: number;
  showtime: number;
  source: '/webhook' | '/heartbeat';
}

const step: fc.Arbitrary<Step> = fc.record({
  minutes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 12 }) }, fc.constantFrom(30, 200)),
  behind: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 30 })),
  again: fc.boolean(),
  rx: fc.constantFrom(-20, -20.05, -23, -26.5, -28),
  errors: fc.constantFrom(0, 10, 500, 5000),
  showtime: fc.constantFrom(10, 500, 1000),
  source: fc.constantFrom('/webhook' as const, '/heartbeat' as const),
});

function eventsOf(steps: readonly Step[]): ReceivedEvent[] {
  const events: ReceivedEvent[] = [];
  let receivedAt = NOON;
  for (const [n, { minutes, behind, again, rx, errors, showtime, source }] of steps.entries()) {
    receivedAt += minutes * MINUTE + 1;
    const event: CpeEvent = {
      ...{ id: `e${n}`, source, type: 'cpemon.heartbeat.v1', subject: 'SN1' },
      time: new Date(receivedAt - behind * MINUTE).toISOString(),
      data: {
        interval_seconds: 300,
        metrics: { rx_power_dbm: rx, dsl_crc_errors: errors, dsl_showtime_seconds: showtime },
      },
    };
    events.push({ sequence: events.length + 1, receivedAt, event });
    if (again) events.push({ sequence: events.length + 1, receivedAt: receivedAt + 1, event });
  }
  return events;
}

/** The record as a writer would have it that reads it from the database. */
function storedAndRead(record: DeviceRecord): DeviceRecord {
  const columns = columnValues(record);
  const back = { ...record, ...decodeMemory(encodeMemory(record, columns), columns.values) };
  resumeSilence(back, RULES.settings);
  return back;
}

/** Applies events in batches, the lane's watermark behind each; the record is read anew before each batch that says so. */
function applyInBatches(
  events: readonly ReceivedEvent[],
  batches: readonly { size: number; anew: boolean }[],
) {
  let record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  const timeline: TimelineEntry[] = [];
  let at = 0;
  for (let n = 0; at < events.length; n += 1) {
    const { size, anew } = batches[n % batches.length]!;
    if (anew) record = storedAndRead(record);
    for (const received of events.slice(at, at + size)) applyEvent(record, received, RULES, [], timeline);
    at += size;
    const next = events[at];
    judgeAtWatermark(
      record,
      Math.min(next?.receivedAt ?? Infinity, events[Math.min(at, events.length) - 1]!.receivedAt),
      RULES,
      [],
      timeline,
    );
  }
  return {
    told: timeline
      .filter(({ kind }) => kind === 'condition' || kind === 'health')
      .map(({ record: _of, ...entry }) => entry),
    record: storedAndRead(record),
  };
}

test('the same events give the same conditions and health, whatever the batches and however often the device is read', () => {
  let opened = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.array(fc.record({ size: fc.integer({ min: 1, max: 20 }), anew: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      (steps, batches) => {
        const events = eventsOf(steps);
        const whole = applyInBatches(events, [{ size: events.length, anew: false }]);
        const parts = applyInBatches(events, batches);
        expect(parts.told).toEqual(whole.told);
        const { health, healthReason, healthSince, conditions, baselines, anchors } = whole.record;
        expect(parts.record).toMatchObject({
          health,
          healthReason,
          healthSince,
          conditions,
          baselines,
          anchors,
        });
        opened += whole.told.length;
      },
    ),
    { numRuns: 200 },
  );
  expect(opened).toBeGreaterThan(100);
});
