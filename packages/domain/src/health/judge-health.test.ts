import { applyEvent } from '../apply-event.js';
import { newDeviceRecord } from '../device-record.js';
import type { CpeEvent, ReportData } from '../event.js';
import type { IntakeHistory } from '../intake-history.js';
import type { JudgementRules } from '../judgement-rules.js';
import type { ReceivedEvent } from '../received-event.js';
import { DEFAULT_REACHABILITY_SETTINGS } from '../reachability.js';
import type { TimelineEntry } from '../timeline.js';
import { judgeAtWatermark } from '../transitions.js';
import { openConditions } from './conditions.js';
import { compileHealthRules } from './health-rules.js';
import { readHealthRules } from './read-health-rules.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

const { set } = readHealthRules({
  rules: [
    {
      ...{ name: 'low', metric: 'rx_power_dbm', below: -27, for: '10m', reports: 2, severity: 'critical' },
      text: '{value}',
    },
  ],
});
const always = { acceptedAt: NOON + 30 * 86_400_000, gaps: [] };
const RULES: JudgementRules = {
  settings: DEFAULT_REACHABILITY_SETTINGS,
  intake: new Proxy({} as IntakeHistory, { get: () => always }),
  health: compileHealthRules(set!),
};

function device() {
  const record = newDeviceRecord({ serialNumber: 'A1', oui: '', productClass: '' }, NOON);
  const timeline: TimelineEntry[] = [];
  let sequence = 0;
  return {
    record,
    timeline,
    /** @param fields of the event; a heartbeat by default */
    says(minutes: number, data: ReportData, fields: Partial<CpeEvent> = {}) {
      sequence += 1;
      const event: CpeEvent = {
        ...{ id: `e${sequence}`, source: '/heartbeat', type: 'cpemon.heartbeat.v1', subject: 'A1' },
        data,
        ...fields,
      };
      const received: ReceivedEvent = { sequence, receivedAt: NOON + minutes * MINUTE, event };
      return applyEvent(record, received, RULES, [], timeline);
    },
    open: () => openConditions(record).map(({ since, openedAt }) => [since - NOON, openedAt! - NOON]),
  };
}
const rx = (dbm: number): ReportData => ({ interval_seconds: 3600, metrics: { rx_power_dbm: dbm } });
const at = (minutes: number): string => new Date(NOON + minutes * MINUTE).toISOString();

test('a report is judged at the time at which it was received, whatever the clock of its device says', () => {
  const one = device();
  one.says(0, rx(-28), { time: at(-600) });
  one.says(10, rx(-28), { time: at(-590) });
  expect(one.open()).toEqual([[0, 10 * MINUTE]]);
});

test('a late report and a repeat change nothing', () => {
  const one = device();
  one.says(0, rx(-20), { time: at(0) });
  one.says(1, rx(-28), { time: at(-20) });
  expect(one.says(12, rx(-28), { time: at(-8) })).toBe('late');
  one.says(20, rx(-28), { id: 'same', time: at(20) });
  expect(one.says(31, rx(-28), { id: 'same', time: at(20) })).toBe('duplicate');
  expect(one.open()).toEqual([]);
  expect(one.record.conditions).toHaveLength(1);
});

test('a value that an ACS hands on is judged when the ACS read it, and handed on again it is no further report', () => {
  const one = device();
  const acs = { source: '/webhook', type: 'cpemon.acs-event.v1' } as const;
  const read = (minutes: number): ReportData => ({ ...rx(-28), read_at: { rx_power_dbm: at(minutes) } });
  one.says(60, read(5), { ...acs, time: at(60) });
  one.says(80, read(5), { ...acs, time: at(80) });
  one.says(100, read(5), { ...acs, time: at(100) });
  expect(one.open()).toEqual([]);
  one.says(120, read(110), { ...acs, time: at(120) });
  expect(one.open()).toEqual([[5 * MINUTE, 110 * MINUTE]]);
});

test('what an OLT says of a device is judged, and not while the device is offline', () => {
  const one = device();
  const olt = { source: '/observation/olt', type: 'cpemon.observation.v1' } as const;
  const seen = (dbm: number): ReportData => ({
    metrics: { rx_power_dbm: dbm },
    observation: { observer: 'olt' },
  });
  one.says(0, { interval_seconds: 3600 });
  one.says(1, seen(-28), olt);
  one.says(20, seen(-28), olt);
  expect(one.open()).toEqual([[MINUTE, 20 * MINUTE]]);
  judgeAtWatermark(one.record, NOON + 600 * MINUTE, RULES, [], one.timeline);
  expect(one.record.reachability).toBe('offline');
  one.says(601, seen(-20), olt);
  one.says(640, seen(-20), olt);
  expect(one.record.health).toBe('critical');
});

test('what had begun before a device went offline begins anew, and what is open is over only by reports', () => {
  const one = device();
  one.says(0, rx(-28));
  one.says(300, rx(-28));
  expect(one.open()).toEqual([]);
  one.says(310, rx(-28));
  expect(one.open()).toEqual([[300 * MINUTE, 310 * MINUTE]]);
  one.says(320, rx(-20));
  one.says(700, rx(-20));
  expect(one.record.health).toBe('critical');
  one.says(710, rx(-20));
  expect(one.record.health).toBe('ok');
});

test('a source that has fallen silent on a device that lives degrades it, until it reports', () => {
  const one = device();
  const acs = { source: '/webhook', type: 'cpemon.acs-event.v1' } as const;
  const often: ReportData = { interval_seconds: 300, metrics: { rx_power_dbm: -20 } };
  one.says(0, often, { ...acs, time: at(0) });
  for (let minute = 1; minute < 60; minute += 5) one.says(minute, often);
  expect(one.record).toMatchObject({ reachability: 'online', health: 'degraded' });
  expect(one.record.healthReason).toBe('No report by /webhook since 2026-11-21T12:00:00.000Z');
  one.says(60, often, { ...acs, time: at(60) });
  expect(one.record.health).toBe('ok');
});

test('three boots by power or crash within an hour degrade a device', () => {
  const one = device();
  one.says(0, rx(-20));
  for (const minute of [10, 25, 40])
    one.says(
      minute,
      { ...rx(-20), event_codes: ['1 BOOT'], metrics: { rx_power_dbm: -20, uptime_seconds: 30 } },
      { source: '/cwmp', type: 'cpemon.inform.v1' },
    );
  expect(openConditions(one.record)).toMatchObject([{ rule: 'reboot-loop', severity: 'warning' }]);
  expect(one.record.health).toBe('degraded');
});
