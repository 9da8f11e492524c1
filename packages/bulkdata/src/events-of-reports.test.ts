import type { DropCounts } from '@cpemon/contracts';
import type { CpeEvent } from '@cpemon/domain';
import { eventsOfReports } from './events-of-reports.js';
import { readBulkBody } from './read-bulk-body.js';
import type { BulkSender } from './sender.js';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const EPOCH = NOW / 1000;
const UP = 'Device.DeviceInfo.UpTime';
const RX = 'Device.Optical.Interface.1.OpticalSignalLevel';
const SENDER: BulkSender = { serialNumber: 'A1', oui: '00D09E', productClass: 'Home Router' };

let random = 0;
beforeEach(() => {
  random = 0;
});

function eventsOf(Report: object[], sender: Partial<BulkSender> = {}, drops: DropCounts = {}): CpeEvent[] {
  const read = readBulkBody(Buffer.from(JSON.stringify({ Report })), undefined);
  if ('code' in read) throw new Error(read.code);
  const request = {
    nowMs: NOW,
    randomId: () => `random-${(random += 1)}`,
    correlationId: 'c-1',
    traceparent: '00-1',
  };
  return [...eventsOfReports(read.reports, { ...SENDER, ...sender }, request, drops)];
}
const eventOf = (report: object, sender: Partial<BulkSender> = {}): CpeEvent =>
  eventsOf([report], sender)[0]!;
const idOf = (report: object, sender: Partial<BulkSender> = {}): string => eventOf(report, sender).id;

test('an event says who, when, of which profile, and what', () => {
  const report = { CollectionTime: EPOCH - 5, [UP]: 60, [RX]: '-21500', 'Device.WiFi.SSID.1.X_Note': 'x' };
  expect(eventOf(report, { profile: 'wan', intervalSeconds: 300 })).toEqual({
    id: expect.stringMatching(/^[\w-]{22}$/),
    source: '/bulkdata/wan',
    type: 'cpemon.bulkdata.v1',
    subject: 'A1',
    oui: '00D09E',
    productclass: 'Home Router',
    time: '2026-11-21T07:59:55.000Z',
    correlationid: 'c-1',
    traceparent: '00-1',
    data: {
      profile: 'wan',
      interval_seconds: 300,
      metrics: { uptime_seconds: 60, rx_power_dbm: -21.5 },
      parameters: {
        [UP]: { value: '60' },
        [RX]: { value: '-21500' },
        'Device.WiFi.SSID.1.X_Note': { value: '[not kept]' },
      },
    },
  });
});

test('secrets do not get into an event and have no part in its id', () => {
  const report = (passphrase: string) => ({
    CollectionTime: '1970-01-01T00:02:16Z',
    'Device.WiFi.AccessPoint.1.Security.KeyPassphrase': passphrase,
  });
  const event = eventOf(report('hunter22'));
  expect(JSON.stringify(event)).not.toContain('hunter22');
  expect(event.id).toBe(idOf(report('other-one')));
});

describe('identity', () => {
  const report = { CollectionTime: EPOCH, [UP]: 60 };
  const named = { profile: 'wan' };

  test('a retained report that comes again is the same, alone or with newer ones, whatever else the address says', () => {
    const again = eventsOf([report, { CollectionTime: EPOCH + 60, [UP]: 120 }], named)[0]!;
    expect(again.id).toBe(idOf(report, named));
    expect(again.source).toBe(eventOf(report, named).source);
    expect(idOf(report, { ...named, intervalSeconds: 60 })).toBe(idOf(report, named));
    expect(idOf({ ...report, CollectionTime: new Date(NOW).toISOString() }, named)).toBe(idOf(report, named));
  });

  test('without a name, the profile is the set of its parameters in any order', () => {
    const both = { CollectionTime: EPOCH, [UP]: 60, [RX]: 1 };
    expect(idOf({ CollectionTime: EPOCH, [RX]: 1, [UP]: 60 })).toBe(idOf(both));
    expect(idOf(report)).not.toBe(idOf(both));
  });

  test.each<[what: string, other: object, sender: Partial<BulkSender>]>([
    ['profile of the same time', report, { profile: 'wifi' }],
    ['time', { ...report, CollectionTime: EPOCH - 1 }, named],
    ['device', report, { ...named, serialNumber: 'A2' }],
    ['product class', report, { ...named, productClass: 'Other' }],
  ])('another %s is another report', (_what, other, sender) => {
    expect(idOf(other, sender)).not.toBe(idOf(report, named));
  });

  test('two instances of one object are two profiles, which share their order', () => {
    const radio = (instance: number) => ({
      CollectionTime: EPOCH,
      [`Device.WiFi.Radio.${instance}.Channel`]: 6,
    });
    expect(idOf(radio(1))).not.toBe(idOf(radio(2)));
    expect(eventOf(radio(1)).source).toBe(eventOf(radio(2)).source);
    expect(eventOf(radio(1)).source).toMatch(/^\/bulkdata\/~[\w-]{16}$/);
  });

  test('a report of a clock that was never set is the same when it says the same', () => {
    const early = { CollectionTime: '1970-01-01T00:02:16Z', [UP]: 136 };
    expect(idOf(early)).toBe(idOf(early));
    expect(idOf({ ...early, [UP]: 137 })).not.toBe(idOf(early));
  });

  test.each([undefined, null, '', 'yesterday', '0001-01-01T00:00:00Z', {}])(
    'with the time %p, every arrival is a report of its own',
    (CollectionTime) => {
      const report = { CollectionTime, [UP]: 60 };
      expect(idOf(report)).not.toBe(idOf(report));
    },
  );
});

describe('times', () => {
  const behind = (times: unknown[], sender: Partial<BulkSender> = {}): unknown[] =>
    eventsOf(
      times.map((CollectionTime) => ({ CollectionTime, [UP]: 1 })),
      sender,
    ).map(({ time, data }) => [time?.slice(11, 19), data.behind_ms, data.behind_reports]);

  test.each<[what: string, time: unknown]>([
    ['seconds', EPOCH],
    ['milliseconds', NOW],
    ['seconds as text', String(EPOCH)],
    ['ISO 8601 with a zone', '2026-11-21T09:00:00+01:00'],
    ['with microseconds', '2026-11-21T08:00:00.000000Z'],
  ])('%s', (_what, time) => {
    expect(behind([time])).toEqual([['08:00:00', undefined, undefined]]);
  });

  test.each<[what: string, time: unknown, dropped: string]>([
    ['1970', '1970-01-01T00:02:16Z', 'time_before_2015'],
    ['the year 1', '0001-01-01T00:00:00Z', 'time_before_2015'],
    ['2099', '2099-01-01T00:00:00Z', 'time_ahead'],
    ['seconds of 2099', 4_070_908_800, 'time_ahead'],
    ['no zone', '2026-11-21T08:00:00', 'time_without_zone'],
    ['a word', 'yesterday', 'time_unreadable'],
    ['0', 0, 'time_before_2015'],
  ])('a time of %s is kept as text and counted', (_what, CollectionTime, dropped) => {
    const drops: DropCounts = {};
    const [event] = eventsOf([{ CollectionTime, [UP]: 1 }], {}, drops);
    expect(event).not.toHaveProperty('time');
    expect(event?.data.raw_time).toBe(String(CollectionTime));
    expect(drops).toEqual({ [dropped]: 1 });
  });

  test('retained reports keep their distance from the newest, which has none', () => {
    expect(behind([EPOCH - 600, EPOCH - 300, EPOCH])).toEqual([
      ['07:50:00', 600_000, undefined],
      ['07:55:00', 300_000, undefined],
      ['08:00:00', undefined, undefined],
    ]);
  });

  test('so they do by a clock that is wrong', () => {
    expect(behind(['2099-01-01T00:00:00Z', '2099-01-01T00:05:00Z'])).toEqual([
      [undefined, 300_000, undefined],
      [undefined, undefined, undefined],
    ]);
    expect(behind(['2026-11-21T07:55:00', '2026-11-21T08:00:00'])).toMatchObject([
      [undefined, 300_000, undefined],
      [],
    ]);
  });

  test('a clock that was set between two reports tells no distance', () => {
    expect(behind([60, 360, EPOCH])).toEqual([
      [undefined, undefined, 2],
      [undefined, undefined, 1],
      ['08:00:00', undefined, undefined],
    ]);
  });

  test('without times, reports are counted, or lie the interval apart where that is known', () => {
    expect(behind([undefined, undefined, undefined])).toMatchObject([
      [undefined, undefined, 2],
      [undefined, undefined, 1],
      [],
    ]);
    expect(behind([undefined, undefined], { intervalSeconds: 60 })).toMatchObject([
      [undefined, 60_000, undefined],
      [],
    ]);
  });
});

test('the interval is that of the address, or of the only profile that the report names; not that of the Inform', () => {
  const reporting = (profile: number) => ({ [`Device.BulkData.Profile.${profile}.ReportingInterval`]: 600 });
  expect(eventOf({ ...reporting(1) }).data.interval_seconds).toBe(600);
  expect(eventOf({ ...reporting(1) }, { intervalSeconds: 60 }).data.interval_seconds).toBe(60);
  expect(eventOf({ ...reporting(1), ...reporting(2) }).data).not.toHaveProperty('interval_seconds');
  expect(eventOf({ 'Device.ManagementServer.PeriodicInformInterval': 900 }).data).not.toHaveProperty(
    'interval_seconds',
  );
});

test('a value that is no number loses only itself', () => {
  const drops: DropCounts = {};
  const [event] = eventsOf(
    [{ [UP]: 'NaN', [RX]: 'Infinity', 'Device.DeviceInfo.SoftwareVersion': '1.2' }],
    {},
    drops,
  );
  expect(event?.data).not.toHaveProperty('metrics');
  expect(event?.data.attributes).toEqual({ sw_version: '1.2' });
});

test('a profile with a name that fits no source has a digest there, and its name in the data', () => {
  const event = eventOf({ [UP]: 1 }, { profile: 'Profil für WLAN' });
  expect(event.source).toMatch(/^\/bulkdata\/[\w-]{16}$/);
  expect(event.data.profile).toBe('Profil für WLAN');
});

test('10,000 parameters fit: readings of all, as many parameters as there is room for', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 9_999 }, (_, at) => [`Device.X_V.Item.${at}.Value`, 'v']),
  );
  const event = eventOf({ ...wide, [UP]: 60 });
  expect(event.data.metrics).toEqual({ uptime_seconds: 60 });
  expect(event.data.parameters_left_out).toBeGreaterThan(9000);
  expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(64 * 1024);
});
