import { newDeviceRecord, newSourceRecord, type DeviceRecord } from '../device-record.js';
import type { TimelineEntry } from '../timeline.js';
import type { ConditionChange, HealthChange } from './health.js';
import { compileHealthRules, type HealthRules, type HealthSurroundings } from './health-rules.js';
import { judgeReadings } from './judge-readings.js';
import { endCondition, holdCondition, openConditions } from './conditions.js';
import { readHealthRules } from './read-health-rules.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LOW = {
  name: 'optics-low',
  metric: 'rx_power_dbm',
  below: -27,
  for: '10m',
  reports: 2,
  severity: 'critical',
  clear: { above: -26, for: '20m' },
  text: 'Receive power is {value}, below {threshold}',
};

function rulesOf(rules: object[], surroundings?: HealthSurroundings): HealthRules {
  const read = readHealthRules({ rules });
  if (read.set === undefined) throw new Error(JSON.stringify(read.problems));
  return compileHealthRules(read.set, surroundings);
}

/** A device that is judged by readings. */
function device(rules: HealthRules) {
  const record: DeviceRecord = newDeviceRecord({ serialNumber: 'A1', oui: '', productClass: '' }, NOON);
  const timeline: TimelineEntry[] = [];
  return {
    record,
    timeline,
    reads: (metrics: Record<string, number>, at: number) =>
      judgeReadings(record, metrics, at, rules, timeline),
    is(attributes: { model?: string; sw_version?: string }) {
      const report = { orderAt: NOON, deviceTime: null, rankAt: NOON, sequence: 1, attributes, metrics: {} };
      record.sources = [{ ...newSourceRecord('/heartbeat'), reports: [report] }];
    },
    conditions: () =>
      timeline
        .filter(({ kind }) => kind === 'condition')
        .map(({ at, data }) => [(data as ConditionChange).rule, (data as ConditionChange).state, at - NOON]),
    healths: () =>
      timeline
        .filter(({ kind }) => kind === 'health')
        .map(({ at, data }) => [(data as HealthChange).from, (data as HealthChange).to, at - NOON]),
  };
}

test('a device is of unknown health until a rule has a value to judge, and then well', () => {
  const one = device(rulesOf([LOW]));
  one.reads({ hosts: 4 }, NOON);
  expect(one.record.health).toBe('unknown');
  one.reads({ rx_power_dbm: -20 }, NOON + MINUTE);
  expect(one.record).toMatchObject({ health: 'ok', healthReason: '', healthSince: NOON + MINUTE });
  expect(one.record.conditions).toBeNull();
  expect(one.timeline).toEqual([]);
});

test('a rule that is for other models does not make a device well', () => {
  const one = device(rulesOf([{ ...LOW, scope: { model: ['EG8*', 'F670L'] } }]));
  one.reads({ rx_power_dbm: -20 }, NOON);
  expect(one.record.health).toBe('unknown');
  one.is({ model: 'HG8145' });
  one.reads({ rx_power_dbm: -20 }, NOON);
  expect(one.record.health).toBe('unknown');
  one.is({ model: 'EG8145V5' });
  one.reads({ rx_power_dbm: -20 }, NOON);
  expect(one.record.health).toBe('ok');
});

test('a condition opens when it has held for its time and by enough reports, and says since when', () => {
  const one = device(rulesOf([LOW]));
  one.reads({ rx_power_dbm: -27.5 }, NOON);
  one.reads({ rx_power_dbm: -27.41 }, NOON + 9 * MINUTE);
  expect(one.record.health).toBe('ok');
  expect(openConditions(one.record)).toEqual([]);
  one.reads({ rx_power_dbm: -27.4 }, NOON + 10 * MINUTE);
  expect(one.record).toMatchObject({
    ...{ health: 'critical', healthSince: NOON + 10 * MINUTE },
    healthReason: 'Receive power is -27.4 dBm, below -27 dBm',
  });
  expect(one.timeline[0]).toMatchObject({
    ...{ kind: 'condition', at: NOON + 10 * MINUTE, identity: 'optics-low.opened' },
    data: {
      ...{ rule: 'optics-low', state: 'opened', severity: 'critical', metric: 'rx_power_dbm', value: -27.4 },
      since: new Date(NOON).toISOString(),
    },
  });
  expect(one.healths()).toEqual([['ok', 'critical', 10 * MINUTE]]);
});

test('a reading that comes again, or is older, is no further report', () => {
  const one = device(rulesOf([{ ...LOW, for: '1s' }]));
  one.reads({ rx_power_dbm: -28 }, NOON);
  one.reads({ rx_power_dbm: -28 }, NOON);
  one.reads({ rx_power_dbm: -28 }, NOON - HOUR);
  expect(openConditions(one.record)).toEqual([]);
});

test('what was met and is so no longer begins anew', () => {
  const one = device(rulesOf([LOW]));
  one.reads({ rx_power_dbm: -28 }, NOON);
  one.reads({ rx_power_dbm: -26.9 }, NOON + 5 * MINUTE);
  expect(one.record.conditions).toBeNull();
  one.reads({ rx_power_dbm: -28 }, NOON + 10 * MINUTE);
  one.reads({ rx_power_dbm: -28 }, NOON + 19 * MINUTE);
  expect(one.record.health).toBe('ok');
});

test('a condition closes beyond its threshold only, and after a time of its own', () => {
  const one = device(rulesOf([LOW]));
  for (const [minute, dbm] of [
    ...[
      [0, -28],
      [10, -28],
      // Better than the threshold, not yet well.
      [20, -26.5],
      [50, -26.5],
      [60, -25],
      [70, -27.5],
      [80, -25],
      [99, -25],
    ],
  ] as [number, number][])
    one.reads({ rx_power_dbm: dbm }, NOON + minute * MINUTE);
  expect(one.record.health).toBe('critical');
  one.reads({ rx_power_dbm: -25 }, NOON + 100 * MINUTE);
  expect(one.record).toMatchObject({ health: 'ok', healthReason: '', conditions: null });
  expect(one.conditions()).toEqual([
    ['optics-low', 'opened', 10 * MINUTE],
    ['optics-low', 'closed', 100 * MINUTE],
  ]);
  expect(one.healths()).toEqual([
    ['ok', 'critical', 10 * MINUTE],
    ['critical', 'ok', 100 * MINUTE],
  ]);
});

test('a metric that no report brings any more ends nothing', () => {
  const one = device(rulesOf([LOW]));
  one.reads({ rx_power_dbm: -28 }, NOON);
  one.reads({ rx_power_dbm: -28 }, NOON + 10 * MINUTE);
  for (let day = 1; day < 5; day += 1) one.reads({ cpu_used_ratio: 0.1 }, NOON + day * DAY);
  expect(one.record.health).toBe('critical');
});

test('of two conditions the worse one is the health, and the other one is left when it is over', () => {
  const warning = { ...LOW, name: 'optics-weak', below: -25, severity: 'warning', clear: { above: -24 } };
  const one = device(rulesOf([warning, LOW]));
  one.reads({ rx_power_dbm: -28 }, NOON);
  one.reads({ rx_power_dbm: -28 }, NOON + 10 * MINUTE);
  expect(openConditions(one.record).map(({ rule }) => rule)).toEqual(['optics-low', 'optics-weak']);
  one.reads({ rx_power_dbm: -25.5 }, NOON + 20 * MINUTE);
  one.reads({ rx_power_dbm: -25.5 }, NOON + 40 * MINUTE);
  expect(one.record).toMatchObject({
    health: 'degraded',
    healthReason: 'Receive power is -28 dBm, below -25 dBm',
  });
  expect(one.healths().at(-1)).toEqual(['critical', 'degraded', 40 * MINUTE]);
});

test('a rule that there is no more takes its condition along', () => {
  const one = device(rulesOf([LOW]));
  one.reads({ rx_power_dbm: -28 }, NOON);
  one.reads({ rx_power_dbm: -28 }, NOON + 10 * MINUTE);
  judgeReadings(one.record, { hosts: 1 }, NOON + 11 * MINUTE, rulesOf([]), one.timeline);
  expect(one.record).toMatchObject({ health: 'ok', conditions: null });
  expect(one.conditions().at(-1)).toEqual(['optics-low', 'closed', 11 * MINUTE]);
});

describe('a device compared with its own past', () => {
  const FALLEN = {
    ...{ name: 'optics-fallen', metric: 'rx_power_dbm', compare: 'own_median', at_most: -2 },
    ...{ for: '1h', severity: 'warning', clear: { above: -1 } },
    text: '{value} is {measure} from {usual}',
  };
  const rules = rulesOf([FALLEN]);
  const lived = (days: number, dbm: (day: number) => number) => {
    const one = device(rules);
    for (let day = 0; day < days; day += 1)
      for (let hour = 0; hour < 24; hour += 1)
        one.reads({ rx_power_dbm: dbm(day) }, NOON + day * DAY + hour * HOUR);
    return one;
  };

  test('is not judged before three days are known', () => {
    const one = lived(2, () => -20);
    one.reads({ rx_power_dbm: -30 }, NOON + 2 * DAY + 6 * HOUR);
    expect(one.record.conditions).toBeNull();
  });

  test('is judged by the median of its days, which one bad day does not move', () => {
    const one = lived(6, (day) => (day === 2 ? -29 : -20));
    one.timeline.length = 0;
    const at = NOON + 6 * DAY;
    one.reads({ rx_power_dbm: -21.9 }, at);
    expect(one.record.conditions).toBeNull();
    one.reads({ rx_power_dbm: -22 }, at + MINUTE);
    one.reads({ rx_power_dbm: -22.3 }, at + MINUTE + HOUR);
    expect(openConditions(one.record)).toMatchObject([
      { rule: 'optics-fallen', since: at + MINUTE, text: '-22.3 dBm is -2.3 dB from -20 dBm' },
    ]);
  });

  test('does not get used to what is wrong, until it has been so for a fortnight', () => {
    const one = lived(12, (day) => (day < 5 ? -20 : -24));
    expect(openConditions(one.record)).toHaveLength(1);
    expect(one.record.baselines![0]).toMatchObject({ usual: -20 });
    for (let hour = 12 * 24; hour < 30 * 24; hour += 1) one.reads({ rx_power_dbm: -24 }, NOON + hour * HOUR);
    expect(one.record.baselines![0]).toMatchObject({ usual: -24 });
    expect(one.record.health).toBe('ok');
  });

  test('keeps a few numbers', () => {
    const one = lived(40, (day) => -20 - day / 1000);
    expect(one.record.baselines).toHaveLength(1);
    expect(one.record.baselines![0]!.days).toHaveLength(7);
  });
});

test('growth is told over a quarter of an hour at least, and not across a restart of the counter', () => {
  const one = device(
    rulesOf([
      {
        ...{ name: 'crc', metric: 'dsl_crc_errors', compare: 'per_hour', above: 100, for: '15m', reports: 2 },
        ...{ severity: 'warning', text: '{measure} an hour' },
      },
    ]),
  );
  const at = (minutes: number) => NOON + minutes * MINUTE;
  one.reads({ dsl_crc_errors: 1000 }, at(0));
  one.reads({ dsl_crc_errors: 2000 }, at(5));
  one.reads({ dsl_crc_errors: 3000 }, at(15));
  one.reads({ dsl_crc_errors: 5 }, at(20));
  expect(one.record.conditions).toHaveLength(1);
  one.reads({ dsl_crc_errors: 30 }, at(35));
  expect(one.record.conditions).toBeNull();
  one.reads({ dsl_crc_errors: 90 }, at(50));
  one.reads({ dsl_crc_errors: 150 }, at(65));
  expect(openConditions(one.record)).toMatchObject([{ rule: 'crc', since: at(50), openedAt: at(65) }]);
});

test('a time since some start that begins anew three times in an hour is a line that cannot hold', () => {
  const one = device(
    rulesOf([
      {
        ...{ name: 'resyncs', metric: 'dsl_showtime_seconds', compare: 'falls_per_hour', at_least: 3 },
        ...{ for: '1s', severity: 'warning', text: '{measure} resyncs in an hour' },
      },
    ]),
  );
  const showtimes = [5000, 5300, 60, 360, 100, 400, 20, 320];
  for (const [n, seconds] of showtimes.entries())
    one.reads({ dsl_showtime_seconds: seconds }, NOON + n * 5 * MINUTE);
  expect(openConditions(one.record)).toMatchObject([
    { since: NOON + 30 * MINUTE, text: '3 resyncs in an hour' },
  ]);
  for (let n = 8; n < 24; n += 1) one.reads({ dsl_showtime_seconds: 20 + n * 300 }, NOON + n * 5 * MINUTE);
  expect(one.record.health).toBe('ok');
});

test('a firmware is compared with what others of its model read', () => {
  const asked: unknown[] = [];
  const rules = rulesOf(
    [
      {
        ...{ name: 'hot', metric: 'temperature_celsius', compare: 'other_firmware', above: 15, for: '1m' },
        ...{ severity: 'warning', text: '{model} {firmware}: {value}, others {usual}' },
      },
    ],
    {
      labelsOf: () => undefined,
      otherFirmwares: (...wish) => {
        asked.push(wish);
        return wish[2] === '2.0' ? 45 : null;
      },
    },
  );
  const one = device(rules);
  one.is({ model: 'M1', sw_version: '2.0' });
  one.reads({ temperature_celsius: 61 }, NOON);
  one.reads({ temperature_celsius: 62 }, NOON + MINUTE);
  expect(one.record.healthReason).toBe('M1 2.0: 62 °C, others 45 °C');
  expect(asked[0]).toEqual(['temperature_celsius', 'M1', '2.0', NOON]);
  one.is({ model: 'M1', sw_version: '1.0' });
  one.reads({ temperature_celsius: 62 }, NOON + 2 * MINUTE);
  expect(one.record.health).toBe('degraded');
});

test('labels decide when a condition opens, and end it when they are others', () => {
  const labels = new Map([[7, new Map([['optics', 'b+']])]]);
  const rules = rulesOf([{ ...LOW, scope: { labels: { optics: ['b+', 'c+'] } } }], {
    labelsOf: (id) => (id > 8 ? undefined : (labels.get(id) ?? new Map())),
    otherFirmwares: () => null,
  });
  const one = device(rules);
  for (const minute of [0, 10, 20]) one.reads({ rx_power_dbm: -28 }, NOON + minute * MINUTE);
  expect(one.record.health).toBe('unknown');
  one.record.labelSetId = 7;
  one.reads({ rx_power_dbm: -28 }, NOON + 30 * MINUTE);
  expect(openConditions(one.record)).toMatchObject([{ since: NOON, openedAt: NOON + 30 * MINUTE }]);
  one.record.labelSetId = 9;
  one.reads({ rx_power_dbm: -28 }, NOON + 35 * MINUTE);
  expect(openConditions(one.record)).toHaveLength(1);
  one.record.labelSetId = 8;
  one.reads({ rx_power_dbm: -28 }, NOON + 40 * MINUTE);
  expect(one.record.conditions).toBeNull();
});

test('a condition of our own is held once and outlives a change of rules', () => {
  const one = device(rulesOf([LOW]));
  const first = { rule: 'reboot-loop', severity: 'warning', since: NOON, at: NOON, text: '' } as const;
  holdCondition(one.record, first, one.timeline);
  expect(one.timeline).toEqual([]);
  one.reads({ rx_power_dbm: -20 }, NOON);
  const found = {
    rule: 'reboot-loop',
    severity: 'warning',
    since: NOON,
    at: NOON + MINUTE,
    text: '3 boots',
  } as const;
  holdCondition(one.record, found, one.timeline);
  holdCondition(one.record, { ...found, at: NOON + HOUR }, one.timeline);
  one.reads({ hosts: 1 }, NOON + 2 * HOUR);
  expect(one.record).toMatchObject({
    health: 'degraded',
    healthReason: '3 boots',
    healthSince: NOON + MINUTE,
  });
  endCondition(one.record, 'reboot-loop', NOON + 3 * HOUR, one.timeline);
  endCondition(one.record, 'reboot-loop', NOON + 4 * HOUR, one.timeline);
  expect(one.conditions()).toEqual([
    ['reboot-loop', 'opened', MINUTE],
    ['reboot-loop', 'closed', 3 * HOUR],
  ]);
  expect(one.record.health).toBe('ok');
});
