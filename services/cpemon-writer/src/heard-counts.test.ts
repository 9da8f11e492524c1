import {
  DEFAULT_REACHABILITY_SETTINGS,
  applyEvent,
  emptyIntakeHistory,
  newDeviceRecord,
  type CpeEvent,
  type DeviceRecord,
  type ReportData,
} from '@cpemon/domain';
import { createHeardCounts, lastHeard, type HeardCounts } from './heard-counts.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const rules = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: emptyIntakeHistory() };

let counts: HeardCounts;
let records: Map<string, DeviceRecord>;
let sequence: number;

beforeEach(() => {
  counts = createHeardCounts(3, rules.settings);
  [records, sequence] = [new Map(), 0];
});

function report(
  subject: string,
  seconds: number,
  data: ReportData = {},
  source = '/webhook',
  model = 'M',
): void {
  const record =
    records.get(subject) ?? newDeviceRecord({ serialNumber: subject, oui: '', productClass: '' }, NOON);
  records.set(subject, record);
  sequence += 1;
  const event: CpeEvent = {
    ...{ id: `e${sequence}`, source, type: 'cpemon.acs-event.v1', subject },
    data: { interval_seconds: 600, ...data },
  };
  const received = { sequence, receivedAt: NOON + seconds * 1000, event };
  const before = lastHeard(record, source);
  applyEvent(record, received, rules, []);
  counts.note(record, model, received, before);
}
const rowsOf = (kind: string) => counts.rows().filter((row) => row.kind === kind);

test('reports are counted by ten seconds, way in and model, each device once a minute for those it stands for', () => {
  report('A', 1);
  report('A', 5);
  report('B', 9);
  report('B', 12);
  expect(rowsOf('source')).toMatchObject([
    { name: '/webhook', lane: 3, at: NOON, reports: 3, deviceMinutes: 20, lastAt: NOON + 9000 },
    { name: '/webhook', lane: 3, at: NOON + 10_000, reports: 1, deviceMinutes: 0 },
  ]);
  expect(rowsOf('source')[0]!.shortestStaleMs).toBe(900_000);
  expect(rowsOf('model')).toMatchObject([{ name: 'M', reports: 3 }, { reports: 1 }]);
});

test('profiles of bulk data are one way in, and observations none', () => {
  report('A', 1, {}, '/bulkdata/wifi');
  report('A', 2, {}, '/bulkdata/wan');
  expect(rowsOf('source')).toMatchObject([{ name: '/bulkdata', reports: 2 }]);
});

test('a device that comes back without a boot after it has missed reports is counted with its gap', () => {
  report('A', 0);
  report('B', 0);
  report('C', 0);
  report('A', 3600);
  report('B', 3605, { metrics: { uptime_seconds: 60 } });
  report('C', 3606, { event_codes: ['1 BOOT'] });
  expect(rowsOf('model').at(-1)).toMatchObject({
    returned: 1,
    shortestReturnMs: 3_600_000,
    longestReturnMs: 3_600_000,
  });
});

test('of more than a hundred models in ten seconds the others are not counted', () => {
  for (let n = 0; n < 150; n += 1) report(`SN${n}`, 1, {}, '/webhook', `M${n}`);
  expect(rowsOf('model')).toHaveLength(100);
  expect(rowsOf('source')).toMatchObject([{ reports: 150 }]);
});
