import { applyEvent } from './apply-event.js';
import { MOST_PROFILES } from './bulk-profile.js';
import { newDeviceRecord } from './device-record.js';
import type { CpeEvent, ReportData } from './event.js';
import { emptyIntakeHistory } from './intake-history.js';
import { pathOfSource, wayInOf } from './intake-path.js';
import { isProfileSource, sourceOfProfile } from './profile-source.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { replayEvent } from './replay-event.js';
import { currentValues } from './report-values.js';
import { isOwnRequest } from './sign-of-life.js';

const T0 = Date.parse('2026-11-21T08:00:00Z');
const MINUTE = 60_000;
const rules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: emptyIntakeHistory() };

function bench() {
  const record = newDeviceRecord({ serialNumber: 'A1', oui: '', productClass: '' }, T0);
  let sequence = 0;
  const received = (receivedAt: number, time: number | undefined, data: ReportData, profile = 'wan') => {
    const event: CpeEvent = {
      ...{ id: `${profile}-${time ?? `none-${sequence}`}`, source: sourceOfProfile(profile) },
      ...{ type: 'cpemon.bulkdata.v1', subject: 'A1', data },
      ...(time === undefined ? {} : { time: new Date(time).toISOString() }),
    };
    sequence += 1;
    return { sequence, receivedAt, event };
  };
  const apply = (...parts: Parameters<typeof received>) => applyEvent(record, received(...parts), rules, []);
  return { record, apply, received };
}
const rx = (value: number): ReportData => ({ metrics: { rx_power_dbm: value } });

test.each([
  ['/bulkdata', true, 'bulkdata', '/bulkdata'],
  ['/bulkdata/wan', true, 'bulkdata', '/bulkdata'],
  ['/bulkdatax', false, undefined, '/bulkdatax'],
  ['/heartbeat', false, 'heartbeat', '/heartbeat'],
])('the source %s: of a profile %p, by the path %p', (source, ofProfile, path, wayIn) => {
  expect([isProfileSource(source), pathOfSource(source), wayInOf(source)]).toEqual([ofProfile, path, wayIn]);
});

test('a bulk report is a sign of life when it comes, whatever its clock says, and so is a repeat', () => {
  const { record, apply } = bench();
  expect(isOwnRequest(sourceOfProfile('wan'))).toBe(true);
  apply(T0, T0 - 3_600_000, rx(-20));
  expect(record.lastSeenAt).toBe(T0);
  expect(apply(T0 + MINUTE, T0 - 3_600_000, rx(-20))).toBe('duplicate');
  expect(record.lastSeenAt).toBe(T0 + MINUTE);
});

test('two profiles with the same time stay two, each with its own order', () => {
  const { record, apply } = bench();
  expect(apply(T0, T0, rx(-20), 'wan')).toBe('applied');
  expect(apply(T0, T0, { metrics: { uptime_seconds: 5 } }, 'system')).toBe('applied');
  expect(apply(T0, T0 - MINUTE, { metrics: { uptime_seconds: 1 } }, 'system')).toBe('late');
  expect(currentValues(record).metrics).toEqual({ rx_power_dbm: -20, uptime_seconds: 5 });
});

test('a retained report ranks as much before the newest of its body as it is older', () => {
  const { record, apply } = bench();
  apply(T0, T0, { ...rx(-20), behind_ms: 10 * MINUTE });
  expect(record.sources[0]?.reports[0]).toMatchObject({ orderAt: T0, rankAt: T0 - 10 * MINUTE });
});

test('without times, retained reports lie the expected interval apart and come before what follows', () => {
  const { record, apply, received } = bench();
  apply(T0, undefined, { ...rx(-22), interval_seconds: 60, behind_reports: 2 });
  expect(record.sources[0]?.newestAt).toBe(
    T0 - 2 * DEFAULT_REACHABILITY_SETTINGS.defaultIntervalSeconds * 1000,
  );
  const second = received(T0, undefined, { ...rx(-21), behind_reports: 1 });
  applyEvent(record, second, rules, []);
  expect(record.sources[0]?.newestAt).toBe(T0 - MINUTE);
  const before = structuredClone(record);
  expect(replayEvent(record, second, rules)).toBe(true);
  expect(record).toEqual(before);
  apply(T0, undefined, rx(-20));
  expect(currentValues(record).metrics).toEqual({ rx_power_dbm: -20 });
});

test('the distance in a body is no skew: after an outage of a device with a wrong clock nothing steps', () => {
  const { record, apply } = bench();
  const ahead = 4 * MINUTE;
  apply(T0, T0 + ahead, rx(-20));
  for (let back = 3; back >= 0; back -= 1) {
    const at = T0 + 30 * MINUTE;
    const made = at - back * 5 * MINUTE + ahead;
    expect(
      apply(at, made, { ...rx(-20 - back), ...(back === 0 ? {} : { behind_ms: back * 5 * MINUTE }) }),
    ).toBe('applied');
  }
  const source = record.sources[0]!;
  expect(source.newestAt - source.newestReceivedAt).toBe(ahead);
  expect(currentValues(record).metrics).toEqual({ rx_power_dbm: -20 });
});

test('a device that invents profiles is remembered by the last ones, and its other sources stay', () => {
  const { record, apply, received } = bench();
  const heartbeat = received(T0, T0, { attributes: { model: 'M1' } });
  applyEvent(record, { ...heartbeat, event: { ...heartbeat.event, source: '/heartbeat' } }, rules, []);
  for (let at = 0; at < 3 * MOST_PROFILES; at += 1) apply(T0 + at, T0 + at, rx(-at), `p${at}`);
  const names = record.sources.map(({ source }) => source);
  expect(names).toHaveLength(MOST_PROFILES + 1);
  expect(names[0]).toBe(sourceOfProfile(`p${3 * MOST_PROFILES - 1}`));
  expect(names).toContain('/heartbeat');
});
