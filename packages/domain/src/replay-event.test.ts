import fc from 'fast-check';
import { applyEvent } from './apply-event.js';
import type { ReceivedEvent } from './received-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { CpeEvent, ReportData } from './event.js';
import type { IntakeHistory } from './intake-history.js';
import { INTAKE_PATHS, sourceOfPath } from './intake-path.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { replayEvent } from './replay-event.js';
import { currentValues } from './report-values.js';
import type { JudgementRules } from './judgement-rules.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const served = { acceptedAt: NOON + 86_400_000, gaps: [] };
const intake = Object.fromEntries(INTAKE_PATHS.map((path) => [path, served])) as unknown as IntakeHistory;
const rules: JudgementRules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake };

const newRecord = (): DeviceRecord =>
  newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);

function received(sequence: number, seconds: number, data: ReportData, fields: Partial<CpeEvent> = {}) {
  const event: CpeEvent = {
    ...{ id: `e${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'SN1' },
    ...fields,
    data,
  };
  return { sequence, receivedAt: NOON + seconds * 1000, event } satisfies ReceivedEvent;
}

function recordOf(...events: ReceivedEvent[]): DeviceRecord {
  const record = newRecord();
  for (const event of events) applyEvent(record, event, rules, []);
  return record;
}

const reports = fc.array(
  fc.record({
    path: fc.constantFrom(...INTAKE_PATHS),
    id: fc.integer({ min: 0, max: 20 }),
    waitSeconds: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 4000 }),
    ),
    // Repeated skews are what a clock that was set looks like.
    lagSeconds: fc.option(fc.oneof(fc.integer({ min: -100, max: 2000 }), fc.constantFrom(0, 900, 901))),
    data: fc.record<ReportData>(
      {
        metrics: fc.dictionary(fc.constantFrom('cpu_used_ratio', 'rx_power_dbm', 'wifi'), fc.double(), {
          maxKeys: 3,
        }),
        attributes: fc.dictionary(fc.constantFrom('model', 'wan_ip'), fc.string({ maxLength: 60 }), {
          maxKeys: 2,
        }),
        interval_seconds: fc.constantFrom(5, 60, 900),
        read_at: fc.dictionary(
          fc.constantFrom('rx_power_dbm', 'wifi', 'model'),
          fc.integer({ min: -5000, max: 5000 }).map((second) => new Date(NOON + second * 1000).toISOString()),
        ),
      },
      { requiredKeys: [] },
    ),
  }),
  { maxLength: 20 },
);

test('the replay of any part of what was applied leaves the record as it is', () => {
  fc.assert(
    fc.property(reports, fc.nat(19), fc.nat(20), (list, from, length) => {
      let seconds = 0;
      const events = list.map(({ path, id, waitSeconds, lagSeconds, data }, index) => {
        seconds += waitSeconds;
        const time =
          lagSeconds === null ? {} : { time: new Date(NOON + (seconds - lagSeconds) * 1000).toISOString() };
        return received(index + 1, seconds, data, { id: `id-${id}`, source: sourceOfPath(path), ...time });
      });
      const record = recordOf(...events);
      const before = JSON.stringify(record);
      for (const event of events.slice(from, from + length)) replayEvent(record, event, rules);
      expect(JSON.stringify(record)).toBe(before);
    }),
    { numRuns: 500 },
  );
});

test('wrong values are right after the replay of the events that they are of', () => {
  const events = [
    received(1, 0, { metrics: { rx_power_dbm: -19, wifi: 3 }, attributes: { model: 'EG8145V5' } }),
    received(2, 60, { metrics: { rx_power_dbm: -20 }, interval_seconds: 60 }),
  ];
  const record = recordOf(...events);
  const right = structuredClone(record);
  const [newest, older] = record.sources[0]!.reports;
  newest!.metrics['rx_power_dbm'] = 0;
  newest!.metrics['never_sent'] = 1;
  newest!.deviceTime = 1;
  older!.attributes.model = 'wrong';
  delete older!.metrics['wifi'];
  record.sources[0]!.declaredSeconds = 5;
  for (const event of events) expect(replayEvent(record, event, rules)).toBe(true);
  expect(record).toEqual(right);
});

test('a value that a rule takes up now comes from its event, unless a newer report names it', () => {
  const first = received(1, 0, { metrics: { rx_power_dbm: -19, wifi: 3 } });
  const second = received(2, 60, { metrics: { rx_power_dbm: -20 } });
  const record = recordOf({ ...first, event: { ...first.event, data: { metrics: { wifi: 3 } } } }, second);
  const mended = { ...first.event.data, metrics: { ...first.event.data.metrics, temperature_celsius: 40 } };
  replayEvent(record, { ...first, event: { ...first.event, data: mended } }, rules);
  expect(currentValues(record).metrics).toEqual({ rx_power_dbm: -20, wifi: 3, temperature_celsius: 40 });
});

test('an event that holds no value any more, or is of another generation, changes nothing', () => {
  const first = received(1, 0, { metrics: { wifi: 3 } });
  const record = recordOf(first, received(2, 60, { metrics: { wifi: 4 } }));
  const before = structuredClone(record);
  expect(replayEvent(record, first, rules)).toBe(false);
  expect(replayEvent(record, received(2, 7000, { metrics: { wifi: 9 } }), rules)).toBe(false);
  expect(record).toEqual(before);
});

test('an event that the rules refuse now changes nothing', () => {
  const record = recordOf(received(1, 0, { metrics: { wifi: 3 } }));
  const before = structuredClone(record);
  const unknown = received(1, 0, {}, { type: 'cpemon.unknown.v9' as CpeEvent['type'] });
  expect(() => replayEvent(record, unknown, rules)).toThrow(/not known/);
  expect(record).toEqual(before);
});
