import fc from 'fast-check';
import {
  DEFAULT_REACHABILITY_SETTINGS,
  applyEvent,
  applySignOfLife,
  emptyIntakeHistory,
  newDeviceRecord,
  resumeSilence,
  type CpeEvent,
  type DeviceRecord,
} from '@cpemon/domain';
import { encodeMemory } from './device-memory.js';
import { UnknownMemoryError, decodeMemory } from './read-device-memory.js';
import { columnValues } from './value-columns.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const RULES = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: emptyIntakeHistory() };

const events = fc.array(
  fc.record({
    source: fc.constantFrom('/heartbeat', '/telemetry', '/webhook', "/it's"),
    seconds: fc.integer({ min: 0, max: 1000 }),
    timed: fc.boolean(),
    interval: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    metrics: fc.dictionary(
      fc.constantFrom('cpu_used_ratio', 'rx_power_dbm', 'wan_rx_bytes', `odd "name" '\\`),
      // Minus zero is zero to every reader of a metric.
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    ),
    attributes: fc.record(
      {
        sw_version: fc.string({ maxLength: 70 }),
        model: fc.string(),
        hw_version: fc.string(),
        wan_ip: fc.ipV6(),
      },
      { requiredKeys: [] },
    ),
    codes: fc.option(
      fc.constantFrom('1 BOOT', '2 PERIODIC', '4 VALUE CHANGE', 'X 00259E Alarm').map((code) => [code]),
      { nil: undefined },
    ),
    retryCount: fc.nat(3),
    transfer: fc.option(fc.string({ maxLength: 3 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 30 },
);

type Reports = ReturnType<typeof events.generate>['value'];
const PLAIN = { codes: undefined, retryCount: 0, transfer: undefined };

function recordOf(list: Reports, apartMs = 20_000): DeviceRecord {
  const record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  list.forEach(
    ({ source, seconds, timed, interval, metrics, attributes, codes, retryCount, transfer }, index) => {
      const event: CpeEvent = {
        id: `e${index}`,
        source,
        type: 'cpemon.heartbeat.v1',
        subject: 'SN1',
        ...(timed ? { time: new Date(NOON + seconds * 1000).toISOString() } : {}),
        data: {
          metrics,
          attributes,
          ...(interval === undefined ? {} : { interval_seconds: interval }),
          ...(codes === undefined ? {} : { event_codes: codes, retry_count: retryCount }),
          ...(transfer === undefined
            ? {}
            : { rpc: { method: 'TransferComplete', args: { CommandKey: transfer } } }),
        },
      };
      applyEvent(
        record,
        { sequence: index + 1, receivedAt: NOON + 1_000_000 + index * apartMs, event },
        RULES,
        [],
      );
    },
  );
  return record;
}

/** What the columns give back: the driver reads long numbers with an error in the last digit. */
const readByDriver = (value: string | number | null): string | number | null =>
  typeof value === 'number' && `${value}`.length > 15 ? value * (1 + 1e-12) : value;

test('a record comes back from its memory and columns as it was', () => {
  fc.assert(
    fc.property(events, fc.constantFrom(20_000, 3000), (list, apartMs) => {
      const record = recordOf(list, apartMs);
      const columns = columnValues(record);
      const memory = decodeMemory(encodeMemory(record, columns), columns.values.map(readByDriver));
      const back = { ...record, ...memory };
      resumeSilence(back, DEFAULT_REACHABILITY_SETTINGS);
      expect(back).toEqual(record);
      // And once more the same text: what was loaded is written as it was.
      expect(encodeMemory(back, columnValues(back))).toBe(encodeMemory(record, columns));
    }),
    { numRuns: 300 },
  );
});

test('what a device was called before is remembered', () => {
  const record = recordOf([]);
  record.formerClass = { productClass: `it's "HG8245"`, until: NOON };
  const escaped = (json: string): string => json.replaceAll("'", '\\u0027');
  for (const text of [
    encodeMemory(record, columnValues(record)),
    encodeMemory(record, columnValues(record), escaped),
  ])
    expect(decodeMemory(text, []).formerClass).toEqual(record.formerClass);
});

test('the length of a memory changes in steps, so that most reports update it in place', () => {
  fc.assert(
    fc.property(events, (list) => {
      const record = recordOf(list);
      expect(encodeMemory(record, columnValues(record)).length % 64).toBe(0);
    }),
  );
});

test('a value that has a column is not written into the memory as well', () => {
  const record = recordOf([
    {
      source: '/heartbeat',
      seconds: 0,
      timed: true,
      interval: 60,
      metrics: { cpu_used_ratio: 0.125, wan_rx_bytes: 5 },
      attributes: { sw_version: 'V5R020', model: 'EG8145V5' },
      ...PLAIN,
    },
  ]);
  const text = encodeMemory(record, columnValues(record));
  expect(text).toContain('"wan_rx_bytes":5');
  expect(text).not.toMatch(/V5R020|EG8145V5|cpu_used_ratio/);
});

test('a source that has only given a sign of life comes back as one', () => {
  const record = recordOf([]);
  const received = { sequence: 1, receivedAt: NOON };
  const event: CpeEvent = {
    ...{ id: 'e', source: '/webhook', type: 'cpemon.heartbeat.v1', subject: 'SN1' },
    data: {},
  };
  applySignOfLife(record, { ...received, event }, RULES, []);
  const back = decodeMemory(encodeMemory(record, columnValues(record)), []);
  expect(back.sources).toEqual(record.sources);
});

test('a memory as version 1 wrote it is still read', () => {
  const text =
    `{"v":1,"ids":"AAAAAAAB","sources":[{"source":"/heartbeat","at":${NOON},"received":137,"seen":5,` +
    '"declared":[60,0],"gaps":[1],"periodic":3,"step":[4,5,true],' +
    '"reports":[[0,null,137,119000,4,{"hw_version":"168D.A"},{"wifi_clients":7}]]}]}   ';
  expect(decodeMemory(text, [null, null, 0.125])).toEqual({
    recentIdentities: [1],
    repeats: null,
    reportRate: null,
    ...{ restlessness: null, formerClass: null },
    ...{ conditions: null, baselines: null, anchors: null },
    sources: [
      {
        ...{ source: '/heartbeat', newestAt: NOON, newestReceivedAt: NOON + 137, lastSeenAt: NOON + 5 },
        ...{ declaredSeconds: 60, declaredAt: NOON, learntGapsMs: [1], learntSeconds: null },
        ...{ periodicAt: NOON + 3, stepCandidate: { skewMs: 4, receivedAt: NOON + 5, boot: true } },
        silentSince: null,
        reports: [
          {
            ...{ orderAt: NOON, deviceTime: null, rankAt: NOON + 137, sequence: 119000 },
            attributes: { hw_version: '168D.A' },
            metrics: { wifi_clients: 7, cpu_used_ratio: 0.125 },
          },
        ],
      },
    ],
  });
});

test('a memory of a newer version is not guessed at', () => {
  expect(() => decodeMemory('[3]', [])).toThrow(UnknownMemoryError);
  expect(() => decodeMemory('{"v":4}', [])).toThrow(UnknownMemoryError);
});

test('the memory of a device that reports evenly has its length from the first report on', () => {
  const lengths = Array.from({ length: 40 }, (_, reports) => {
    const list = Array.from({ length: reports + 1 }, (_unused, n) => ({
      ...{ source: '/telemetry' as const, seconds: 60 * n, timed: true, interval: 60, ...PLAIN },
      metrics: { cpu_used_ratio: 0.5 },
      attributes: { model: 'EG8145V5' },
    }));
    const record = recordOf(list);
    return encodeMemory(record, columnValues(record)).length;
  });
  expect(new Set(lengths).size).toBe(1);
});
