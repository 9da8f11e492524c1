import { applyEvent } from './apply-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { ReportData } from './event.js';
import { emptyIntakeHistory } from './intake-history.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { isFlapping, isInRebootLoop } from './restlessness.js';
import type { TimelineEntry } from './timeline.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const rules = {
  settings: DEFAULT_REACHABILITY_SETTINGS,
  intake: {
    ...emptyIntakeHistory(),
    heartbeat: { acceptedAt: NOON + 1e9, gaps: [] },
    webhook: { acceptedAt: NOON + 1e9, gaps: [] },
  },
};

let record: DeviceRecord;
let timeline: TimelineEntry[];
let sequence: number;

beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  [timeline, sequence] = [[], 0];
});

function report(minute: number, data: ReportData = {}, source = '/heartbeat'): void {
  sequence += 1;
  const event = {
    ...({ id: `event-${sequence}`, source, type: 'cpemon.heartbeat.v1', subject: 'SN1' } as const),
    data: { interval_seconds: 60, ...data },
  };
  applyEvent(record, { sequence, receivedAt: NOON + minute * 60_000, event }, rules, [], timeline);
}
const boot = (...codes: string[]): ReportData => ({ event_codes: ['1 BOOT', ...codes] });
const rows = (...kinds: string[]) =>
  timeline
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, at, data }) => [kind, (data as { state?: string }).state, (at - NOON) / 60_000]);

test('three boots in an hour that nobody ordered are a reboot loop', () => {
  for (const minute of [0, 25, 50]) report(minute, boot());
  expect(rows('reboot_loop')).toEqual([['reboot_loop', 'began', 50]]);
  expect(isInRebootLoop(record)).toBe(true);
});

test('boots that the ACS, new firmware or a restart of the client caused are none', () => {
  for (const minute of [0, 10, 20]) report(minute, boot('M Reboot'));
  for (const minute of [30, 40, 50]) report(minute, boot('M Download', '7 TRANSFER COMPLETE'));
  report(51, { metrics: { uptime_seconds: 50 } });
  for (const minute of [52, 53, 54]) {
    report(minute, { ...boot(), metrics: { uptime_seconds: 50 + (minute - 51) * 60 } });
  }
  expect(rows('reboot_loop')).toEqual([]);
});

test('five boots in a day are a loop, four are none', () => {
  for (const hour of [0, 5, 10, 15]) report(hour * 60, boot());
  expect(isInRebootLoop(record)).toBe(false);
  report(20 * 60, boot());
  expect(rows('reboot_loop')).toEqual([['reboot_loop', 'began', 1200]]);
});

test('a loop is over an hour after its last boot, told at that time by the next event', () => {
  for (const minute of [0, 10, 20, 30]) report(minute, boot());
  report(60);
  expect(isInRebootLoop(record)).toBe(true);
  report(200);
  expect(rows('reboot_loop')).toEqual([
    ['reboot_loop', 'began', 20],
    ['reboot_loop', 'ended', 90],
  ]);
  expect(isInRebootLoop(record)).toBe(false);
});

test('a loop of a boot every five hours is not over between two of them', () => {
  for (const hour of [0, 5, 10, 15, 20, 25, 30]) report(hour * 60, boot());
  expect(rows('reboot_loop')).toEqual([['reboot_loop', 'began', 1200]]);
  report(31 * 60);
  report(40 * 60 + 1);
  expect(rows('reboot_loop').at(-1)).toEqual(['reboot_loop', 'ended', 40 * 60]);
});

test('a device without event codes boots when its uptime begins anew, once for all its sources', () => {
  const uptime = (seconds: number): ReportData => ({ metrics: { uptime_seconds: seconds } });
  report(0, uptime(9000), '/webhook');
  report(0, uptime(9000));
  report(1, uptime(9060));
  report(10, uptime(120));
  report(11, uptime(180), '/webhook');
  report(12, uptime(240));
  expect(timeline.filter(({ kind }) => kind === 'boot')).toMatchObject([
    { at: NOON + 8 * 60_000, data: { cause: 'power_or_crash', by: 'uptime', uptime_seconds: 120 } },
  ]);
});

test('an uptime in whole hours is not a boot at each report', () => {
  for (let minute = 0; minute < 200; minute += 1) {
    report(minute, { metrics: { uptime_seconds: Math.floor(minute / 60) * 3600 } });
  }
  expect(rows('boot')).toEqual([]);
});

test('a device that comes back three times in an hour flaps, unless each time it had booted', () => {
  for (const minute of [0, 15, 30, 45]) report(minute);
  expect(rows('flapping')).toEqual([['flapping', 'began', 45]]);
  expect(isFlapping(record)).toBe(true);
  for (let minute = 46; minute <= 107; minute += 1) report(minute);
  expect(rows('flapping').at(-1)).toEqual(['flapping', 'ended', 105]);
  for (const minute of [120, 135, 150, 165]) report(minute, { metrics: { uptime_seconds: 30 } });
  expect(isFlapping(record)).toBe(false);
});

test('what is older than a day is forgotten', () => {
  report(0, boot());
  report(10, boot());
  report(25 * 60);
  expect(record.restlessness).not.toBeNull();
  report(50 * 60);
  report(50 * 60 + 1);
  for (let minute = 2; minute < 25 * 60; minute += 2) report(50 * 60 + minute);
  expect(record.restlessness).toBeNull();
});
