import { applyEvent, EventRefusedError, type ApplyOutcome } from './apply-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import { TEST_EVENT_TYPE, type CpeEvent, type EventType, type ReportData } from './event.js';
import { emptyIntakeHistory } from './intake-history.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { currentValues } from './report-values.js';
import type { JudgementRules } from './judgement-rules.js';
import type { Transition } from './transitions.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const RULES: JudgementRules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: emptyIntakeHistory() };

let record: DeviceRecord;
let transitions: Transition[];
let sequence: number;

beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  transitions = [];
  sequence = 0;
});

interface Given extends ReportData {
  source?: string;
  /** Seconds after noon. */
  receivedAt: number;
  time?: number;
  id?: string;
}

function apply({ source = '/heartbeat', receivedAt, time, id, ...data }: Given): ApplyOutcome {
  sequence += 1;
  const event: CpeEvent = {
    id: id ?? `event-${sequence}`,
    source,
    type: 'cpemon.heartbeat.v1',
    subject: 'SN1',
    data,
  };
  if (time !== undefined) event.time = new Date(NOON + time * 1000).toISOString();
  return applyEvent(record, { sequence, receivedAt: NOON + receivedAt * 1000, event }, RULES, transitions);
}

const metrics = () => currentValues(record).metrics;
const cpu = (value: number): ReportData => ({ metrics: { cpu_used_ratio: value } });

test('a report that leaves values out keeps what is known of them', () => {
  apply({
    receivedAt: 1,
    metrics: { cpu_used_ratio: 0.1, uptime_seconds: 5 },
    attributes: { wan_ip: '10.0.0.1' },
  });
  apply({ receivedAt: 2, metrics: { cpu_used_ratio: 0.2 }, attributes: { sw_version: 'V2' } });
  expect(currentValues(record)).toEqual({
    metrics: { cpu_used_ratio: 0.2, uptime_seconds: 5 },
    attributes: { wan_ip: '10.0.0.1', sw_version: 'V2' },
  });
});

test('a full report is kept as one, however many came before it', () => {
  apply({ receivedAt: 1, metrics: { cpu_used_ratio: 0.1 } });
  apply({ receivedAt: 2, metrics: { uptime_seconds: 5 } });
  apply({ receivedAt: 3, metrics: { cpu_used_ratio: 0.3, uptime_seconds: 6 } });
  expect(record.sources[0]?.reports).toHaveLength(1);
});

test('a late report overwrites nothing, counts as late and may fill in what nobody named since', () => {
  expect(apply({ receivedAt: 10, time: 9, ...cpu(0.9) })).toBe('applied');
  expect(apply({ receivedAt: 11, time: 3, metrics: { cpu_used_ratio: 0.3, rx_power_dbm: -19 } })).toBe(
    'late',
  );
  expect(metrics()).toEqual({ cpu_used_ratio: 0.9, rx_power_dbm: -19 });
  expect(record).toMatchObject({ applied: 2, late: 1, duplicates: 0 });
});

test('between sources the value received later wins, whatever the clocks say', () => {
  apply({ source: '/heartbeat', receivedAt: 10, time: 200, ...cpu(0.1) });
  apply({ source: '/webhook', receivedAt: 20, time: 5, ...cpu(0.2) });
  expect(metrics()).toEqual({ cpu_used_ratio: 0.2 });
  apply({ source: '/heartbeat', receivedAt: 30, time: 210, ...cpu(0.3) });
  expect(metrics()).toEqual({ cpu_used_ratio: 0.3 });
});

test('of two sources in the same millisecond the later position wins', () => {
  apply({ source: '/webhook', receivedAt: 10, ...cpu(0.1) });
  apply({ source: '/heartbeat', receivedAt: 10, ...cpu(0.2) });
  apply({ source: '/telemetry', receivedAt: 10, ...cpu(0.3) });
  expect(metrics()).toEqual({ cpu_used_ratio: 0.3 });
});

test('a late report does not outrank a newer value of another source', () => {
  apply({ source: '/webhook', receivedAt: 10, time: 10, ...cpu(0.1) });
  apply({ source: '/heartbeat', receivedAt: 20, time: 20, metrics: { uptime_seconds: 1 } });
  apply({ source: '/heartbeat', receivedAt: 30, time: 2, ...cpu(0.7) });
  expect(metrics()['cpu_used_ratio']).toBe(0.1);
});

test('a clock further ahead than five minutes does not keep later reports out', () => {
  apply({ receivedAt: 10, time: 7 * 3600, ...cpu(0.1) });
  expect(apply({ receivedAt: 20, ...cpu(0.2) })).toBe('applied');
  expect(metrics()).toEqual({ cpu_used_ratio: 0.2 });
});

test('the same event again changes no value, is counted, and is a sign of life where the CPE itself calls', () => {
  apply({ receivedAt: 10, time: 10, id: 'a', ...cpu(0.1) });
  apply({ receivedAt: 20, time: 20, id: 'b', ...cpu(0.2) });
  expect(apply({ receivedAt: 30, time: 10, id: 'a', ...cpu(0.1) })).toBe('duplicate');
  expect(metrics()).toEqual({ cpu_used_ratio: 0.2 });
  expect(record).toMatchObject({ applied: 3, duplicates: 1, lastSeenAt: NOON + 30_000 });
});

test('the same relayed event again is no sign of life', () => {
  apply({ source: '/webhook', receivedAt: 10, id: 'a', ...cpu(0.1) });
  expect(apply({ source: '/webhook', receivedAt: 30, id: 'a', ...cpu(0.1) })).toBe('duplicate');
  expect(record.lastSeenAt).toBe(NOON + 10_000);
});

test('two different events of the same millisecond are both applied', () => {
  expect(apply({ receivedAt: 10, time: 5, metrics: { cpu_used_ratio: 0.1 } })).toBe('applied');
  expect(apply({ receivedAt: 10, time: 5, metrics: { uptime_seconds: 7 } })).toBe('applied');
  expect(metrics()).toEqual({ cpu_used_ratio: 0.1, uptime_seconds: 7 });
});

test('an event with neither id nor time in common with another is new each time', () => {
  apply({ receivedAt: 10, ...cpu(0.1) });
  expect(apply({ receivedAt: 11, ...cpu(0.1) })).toBe('applied');
});

test('a sign of life is the arrival for a heartbeat, and the time of the event for what is relayed', () => {
  apply({ source: '/heartbeat', receivedAt: 100, time: 20 });
  expect(record.lastSeenAt).toBe(NOON + 100_000);
  apply({ source: '/telemetry', receivedAt: 300, time: 250 });
  expect(record.lastSeenAt).toBe(NOON + 250_000);
  apply({ source: '/webhook', receivedAt: 400, time: 500 });
  expect(record.lastSeenAt).toBe(NOON + 400_000);
  apply({ source: '/webhook', receivedAt: 500, time: 30 });
  expect(record.lastSeenAt).toBe(NOON + 400_000);
});

test('values that no column can hold are left out, and the rest of the report counts', () => {
  apply({
    receivedAt: 1,
    attributes: { wan_ip: 'x'.repeat(46), sw_version: 'v'.repeat(100), model: 7 as unknown as string },
    metrics: { cpu_used_ratio: Infinity, uptime_seconds: 5, memory_used_ratio: '1' as unknown as number },
  });
  expect(currentValues(record)).toEqual({
    attributes: { sw_version: 'v'.repeat(64) },
    metrics: { uptime_seconds: 5 },
  });
});

test('names that never come again are forgotten before a device grows without end', () => {
  for (let n = 0; n < 100; n += 1) {
    apply({
      receivedAt: n,
      metrics: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`m_${n}_${i}`, i])),
    });
  }
  const names = Object.keys(metrics());
  expect(names.length).toBeLessThanOrEqual(256);
  expect(names).toContain('m_99_9');
});

test('the record shares nothing with the events it was made from', () => {
  const given = cpu(0.1);
  apply({ receivedAt: 1, ...given });
  apply({ receivedAt: 2, ...cpu(0.2) });
  expect(given).toEqual(cpu(0.1));
});

test('a type that this version does not know is refused and changes nothing', () => {
  const before = structuredClone(record);
  const event = {
    id: '1',
    source: '/heartbeat',
    type: 'cpemon.inform.v9' as EventType,
    subject: 'SN1',
    data: {},
  };
  expect(() => applyEvent(record, { sequence: 1, receivedAt: NOON, event }, RULES, transitions)).toThrow(
    EventRefusedError,
  );
  expect(record).toEqual(before);
});

test('an event that is applied after a later one of the same moment does not overwrite it', () => {
  const at = (sequence: number, data: ReportData): ApplyOutcome =>
    applyEvent(
      record,
      {
        ...{ sequence, receivedAt: NOON },
        event: {
          id: `e-${sequence}`,
          source: '/telemetry',
          type: 'cpemon.heartbeat.v1',
          subject: 'SN1',
          data,
        },
      },
      RULES,
      transitions,
    );
  expect(at(3, cpu(0.3))).toBe('applied');
  expect(at(2, { metrics: { cpu_used_ratio: 0.2, uptime_seconds: 5 } })).toBe('late');
  expect(metrics()).toEqual({ cpu_used_ratio: 0.3, uptime_seconds: 5 });
  expect(at(4, cpu(0.4))).toBe('applied');
  expect(metrics()).toEqual({ cpu_used_ratio: 0.4, uptime_seconds: 5 });
});

describe('a test event', () => {
  const attempt = (test: ReportData['test'], attemptAt?: number): ApplyOutcome =>
    applyEvent(
      record,
      {
        sequence: 1,
        receivedAt: NOON,
        event: {
          ...{ id: 't-1', source: '/telemetry', type: TEST_EVENT_TYPE, subject: 'SN1' },
          data: { ...cpu(0.5), ...(test === undefined ? {} : { test }) },
        },
      },
      { ...RULES, ...(attemptAt === undefined ? {} : { attemptAt }) },
      transitions,
    );
  const until = new Date(NOON + 60_000).toISOString();

  test('that always fails changes nothing at any attempt', () => {
    const before = structuredClone(record);
    expect(() => attempt({ fail: 'always' }, NOON + 1e9)).toThrow(EventRefusedError);
    expect(record).toEqual(before);
  });

  test('that fails until some time is a report at the first attempt from that time on', () => {
    const before = structuredClone(record);
    expect(() => attempt({ fail: 'until', until })).toThrow(`fails until ${until}`);
    expect(() => attempt({ fail: 'until', until }, NOON + 59_999)).toThrow(EventRefusedError);
    expect(record).toEqual(before);
    expect(attempt({ fail: 'until', until }, NOON + 60_000)).toBe('applied');
    expect(metrics()).toEqual({ cpu_used_ratio: 0.5 });
    expect(record.lastSeenAt).toBe(NOON);
  });
});

describe('a clock that was set back', () => {
  const YEARS = -10 * 365 * 86_400;

  test('is taken for what it is at the second report in a row with the same new skew', () => {
    apply({ receivedAt: 0, time: 0, interval_seconds: 60, ...cpu(0.1) });
    expect(apply({ receivedAt: 60, time: YEARS + 60, ...cpu(0.2) })).toBe('late');
    expect(metrics()).toEqual({ cpu_used_ratio: 0.1 });
    expect(apply({ receivedAt: 120, time: YEARS + 120, ...cpu(0.3) })).toBe('applied');
    expect(apply({ receivedAt: 180, time: YEARS + 180, ...cpu(0.4) })).toBe('applied');
    expect(metrics()).toEqual({ cpu_used_ratio: 0.4 });
  });

  test('is not seen in old reports that arrive together', () => {
    apply({ receivedAt: 100, time: 100, interval_seconds: 60, ...cpu(0.1) });
    expect(apply({ receivedAt: 101, time: -1000, ...cpu(0.2) })).toBe('late');
    expect(apply({ receivedAt: 102, time: -999, ...cpu(0.3) })).toBe('late');
    expect(apply({ receivedAt: 103, time: -998, ...cpu(0.3) })).toBe('late');
    expect(metrics()).toEqual({ cpu_used_ratio: 0.1 });
  });

  test('is not seen when reports on time come between', () => {
    apply({ receivedAt: 0, time: 0, interval_seconds: 60, ...cpu(0.1) });
    expect(apply({ receivedAt: 60, time: YEARS + 60, ...cpu(0.2) })).toBe('late');
    expect(apply({ receivedAt: 90, time: 90, ...cpu(0.3) })).toBe('applied');
    expect(apply({ receivedAt: 120, time: YEARS + 120, ...cpu(0.4) })).toBe('late');
    expect(metrics()).toEqual({ cpu_used_ratio: 0.3 });
  });
});
