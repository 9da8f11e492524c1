import fc from 'fast-check';
import { applyEvent } from './apply-event.js';
import type { ReceivedEvent } from './received-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { CpeEvent, EventType, ReportData } from './event.js';
import type { IntakeGap, IntakeHistory } from './intake-history.js';
import { INTAKE_PATHS, sourceOfPath } from './intake-path.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { currentValues } from './report-values.js';
import type { TimelineEntry } from './timeline.js';
import type { JudgementRules } from './judgement-rules.js';
import { judgeAtWatermark, type Transition } from './transitions.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const METRICS = ['cpu_used_ratio', 'uptime_seconds', 'rx_power_dbm', 'wifi_clients'];

/** A served day without and with gaps of intake. */
const intakes = fc
  .array(fc.tuple(fc.integer({ min: 60, max: 3000 }), fc.integer({ min: 3, max: 1500 })), { maxLength: 4 })
  .map((steps): IntakeHistory => {
    let at = NOON;
    const gaps: IntakeGap[] = steps.map(([wait, length]) => {
      const startedAt = at + wait * 1000;
      at = startedAt + length * 1000;
      return { startedAt, endedAt: at };
    });
    const served = { acceptedAt: NOON + 86_400_000, gaps };
    return Object.fromEntries(INTAKE_PATHS.map((path) => [path, served])) as unknown as IntakeHistory;
  });

interface Sketch {
  path: (typeof INTAKE_PATHS)[number];
  id: number;
  waitSeconds: number;
  lagSeconds: number | null;
  interval: number | undefined;
  metrics: Record<string, number>;
  type: EventType;
  told: ReportData;
}

/** What makes rows of the timeline, and what repeats are told by. */
const tellings = fc.record<ReportData>(
  {
    event_codes: fc.subarray([
      '0 BOOTSTRAP',
      '1 BOOT',
      '2 PERIODIC',
      'M Reboot',
      'X 00259E Alarm',
      '7 TRANSFER COMPLETE',
    ]),
    retry_count: fc.nat(3),
    occurrence: fc.constantFrom('fault', 'connection_request', 'values'),
    rpc: fc
      .constantFrom('a', 'b')
      .map((CommandKey) => ({ method: 'TransferComplete', args: { CommandKey } })),
    attributes: fc.record({
      sw_version: fc.constantFrom('V1', 'V2'),
      wan_ip: fc.constantFrom('192.0.2.1', '192.0.2.2'),
    }),
    read_at: fc.constant({ uptime_seconds: new Date(NOON - 1000).toISOString() }),
  },
  { requiredKeys: [] },
);

const sketches = fc.array(
  fc.record<Sketch>({
    path: fc.constantFrom(...INTAKE_PATHS),
    id: fc.integer({ min: 0, max: 12 }),
    waitSeconds: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 4000 }),
    ),
    lagSeconds: fc.option(fc.integer({ min: -100, max: 2000 })),
    interval: fc.option(fc.constantFrom(5, 60, 900), { nil: undefined }),
    metrics: fc.dictionary(fc.constantFrom(...METRICS), fc.oneof(fc.double({ noNaN: true }), fc.nat(5000)), {
      maxKeys: 3,
    }),
    type: fc.constantFrom<EventType>(
      'cpemon.heartbeat.v1',
      'cpemon.acs-event.v1',
      'cpemon.inform.v1',
      'cpemon.rpc.v1',
      'cpemon.parameters.v1',
    ),
    told: tellings,
  }),
  { maxLength: 25 },
);

function eventsOf(list: readonly Sketch[]): ReceivedEvent[] {
  let receivedAt = NOON;
  return list.map(({ path, id, waitSeconds, lagSeconds, interval, metrics, type, told }, index) => {
    receivedAt += waitSeconds * 1000;
    const event: CpeEvent = {
      id: `id-${id}`,
      source: sourceOfPath(path),
      type,
      subject: 'SN1',
      ...(lagSeconds === null ? {} : { time: new Date(receivedAt - lagSeconds * 1000).toISOString() }),
      data: { ...told, metrics, ...(interval === undefined ? {} : { interval_seconds: interval }) },
    };
    return { sequence: index + 1, receivedAt, event };
  });
}

const newRecord = (): DeviceRecord =>
  newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);

/** Applies the events in batches that end at the given positions, each followed by a look at the deadlines. */
function run(
  events: readonly ReceivedEvent[],
  batchEnds: readonly number[],
  rules: JudgementRules,
  until: number,
) {
  const record = newRecord();
  const transitions: Transition[] = [];
  const timeline: TimelineEntry[] = [];
  events.forEach((event, index) => {
    applyEvent(record, event, rules, transitions, timeline);
    if (batchEnds.includes(index)) judgeAtWatermark(record, event.receivedAt, rules, transitions, timeline);
  });
  if (events.length > 0) judgeAtWatermark(record, until, rules, transitions, timeline);
  const { quietUntil: _quietUntil, ...kept } = record;
  return {
    kept,
    transitions: transitions.map(({ from, to, at, reason }) => ({ from, to, at, reason })),
    timeline: timeline.map(({ record: _record, ...entry }) => entry),
  };
}

test('however the log is divided into batches, record and transitions are the same', () => {
  fc.assert(
    fc.property(
      sketches,
      fc.array(fc.nat(24)),
      intakes,
      fc.integer({ min: 0, max: 9000 }),
      (list, ends, intake, more) => {
        const rules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake };
        const events = eventsOf(list);
        const until = (events.at(-1)?.receivedAt ?? NOON) + more * 1000;
        const whole = run(events, [], rules, until);
        expect(run(events, ends, rules, until)).toEqual(whole);
        expect(
          run(
            events,
            events.map((_event, index) => index),
            rules,
            until,
          ),
        ).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});

test('of one device no two things that happened have the same time, kind and identity, however events repeat', () => {
  fc.assert(
    fc.property(sketches, intakes, (list, intake) => {
      const rules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake };
      const { timeline } = run(eventsOf(list), [], rules, NOON + 80_000_000);
      const keys = timeline.map(({ at, kind, identity }) => `${at} ${kind} ${identity}`);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 300 },
  );
});

test('transitions follow one another: each begins where the last ended, and time never goes back', () => {
  fc.assert(
    fc.property(sketches, intakes, (list, intake) => {
      const rules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake };
      const { transitions } = run(eventsOf(list), [], rules, NOON + 80_000_000);
      let state = 'unknown';
      let at = -Infinity;
      for (const transition of transitions) {
        expect(transition.from).toBe(state);
        expect(transition.to).not.toBe(state);
        expect(transition.at).toBeGreaterThanOrEqual(at);
        state = transition.to;
        at = transition.at;
      }
    }),
    { numRuns: 300 },
  );
});

test('repeats of recent events, wherever they fall, change no value', () => {
  const reports = fc.array(
    fc.record({
      second: fc.integer({ min: 0, max: 500 }),
      metrics: fc.dictionary(fc.constantFrom(...METRICS), fc.double({ noNaN: true }), { maxKeys: 4 }),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const rules: JudgementRules = {
    settings: DEFAULT_REACHABILITY_SETTINGS,
    intake: eventuallyServed(),
  };
  fc.assert(
    fc.property(reports, fc.array(fc.tuple(fc.nat(11), fc.nat(11))), (list, repeats) => {
      const once = list.map(({ second, metrics }, index) => ({
        event: timedEvent(`e${index}`, second, metrics),
      }));
      const again = [...once];
      for (const [which, where] of repeats) {
        const original = which % once.length;
        const at = Math.max(again.indexOf(once[original]!) + 1, Math.min(again.length, where));
        again.splice(at, 0, { ...once[original]! });
      }
      const apply = (events: { event: CpeEvent }[]) => {
        const record = newRecord();
        const outcomes = events.map(({ event }, index) =>
          applyEvent(record, { sequence: index + 1, receivedAt: NOON + 1_000_000 + index, event }, rules, []),
        );
        return { record, duplicates: outcomes.filter((outcome) => outcome === 'duplicate').length };
      };
      const plain = apply(once);
      const repeated = apply(again);
      expect(currentValues(repeated.record)).toEqual(currentValues(plain.record));
      expect(repeated.duplicates).toBe(repeats.length);
      expect(repeated.record.applied).toBe(once.length + repeats.length);
    }),
  );
});

test('whatever the order in which the reports of one source arrive, the current values are the same', () => {
  const reports = fc.uniqueArray(
    fc.record({
      second: fc.integer({ min: 0, max: 100_000 }),
      interval: fc.option(fc.integer({ min: 1, max: 3600 }), { nil: undefined }),
      metrics: fc.dictionary(fc.constantFrom(...METRICS), fc.double({ noNaN: true }), { maxKeys: 4 }),
      wanIp: fc.option(fc.ipV4(), { nil: undefined }),
    }),
    { selector: ({ second }) => second, maxLength: 10 },
  );
  const rules: JudgementRules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: eventuallyServed() };
  fc.assert(
    fc.property(
      reports.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([inOrder, shuffled]) => {
        const apply = (list: typeof inOrder) => {
          const record = newRecord();
          list.forEach(({ second, interval, metrics, wanIp }, index) => {
            const event = timedEvent(`e${second}`, second, metrics);
            if (interval !== undefined) event.data.interval_seconds = interval;
            if (wanIp !== undefined) event.data.attributes = { wan_ip: wanIp };
            applyEvent(
              record,
              { sequence: index + 1, receivedAt: NOON + 200_000_000 + index, event },
              rules,
              [],
            );
          });
          return { ...currentValues(record), interval: record.sources[0]?.declaredSeconds };
        };
        const sorted = [...inOrder].sort((a, b) => a.second - b.second);
        expect(apply(shuffled)).toEqual(apply(sorted));
      },
    ),
    { numRuns: 300 },
  );
});

function eventuallyServed(): IntakeHistory {
  const served = { acceptedAt: NOON + 1e9, gaps: [] };
  return Object.fromEntries(INTAKE_PATHS.map((path) => [path, served])) as unknown as IntakeHistory;
}

function timedEvent(id: string, second: number, metrics: Record<string, number>): CpeEvent {
  const time = new Date(NOON + second * 1000).toISOString();
  return { id, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'SN1', time, data: { metrics } };
}
