import fc from 'fast-check';
import {
  HEALTHS,
  REACHABILITIES,
  SEVERITIES,
  usualOf,
  type Anchor,
  type Baseline,
  type Condition,
  type DeviceRecord,
  type Report,
  type SourceRecord,
} from '@cpemon/domain';
import { healthCountCode } from '@cpemon/store';
import type { CachedDevice } from '../cached-device.js';
import { createPackedDevices } from './packed-devices.js';

const NOON = Date.UTC(2026, 10, 21, 12);

const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -100_000_000, max: 100_000_000 }).map((ms) => NOON + ms) },
  fc.maxSafeInteger(),
  fc.constantFrom(0, -Infinity, Infinity, NOON + 0.5),
);
const count = fc.oneof(fc.nat(100_000), fc.maxSafeNat());
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom('', '\ud800', 'Huawei', 'é', 'x'.repeat(300)),
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const value = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
  fc.maxSafeInteger(),
);
const ordinary = <T>(values: Record<string, T>): Record<string, T> => ({ ...values });

const report: fc.Arbitrary<Report> = fc.record(
  {
    orderAt: time,
    deviceTime: orNull(time),
    rankAt: time,
    sequence: count,
    attributes: fc
      .record(
        { wan_ip: text, sw_version: text, hw_version: text, manufacturer: text, model: text },
        { requiredKeys: [], noNullPrototype: true },
      )
      .map(ordinary),
    metrics: fc
      .dictionary(
        fc
          .oneof(fc.constantFrom('cpu_used_ratio', 'wan_rx_bytes'), text)
          .filter((name) => name !== '__proto__'),
        value,
        { noNullPrototype: true },
      )
      .map(ordinary),
  },
  { noNullPrototype: true },
);
const source: fc.Arbitrary<SourceRecord> = fc.record(
  {
    source: text,
    newestAt: time,
    newestReceivedAt: time,
    lastSeenAt: time,
    declaredSeconds: orNull(fc.nat(2_678_400)),
    declaredAt: time,
    learntGapsMs: fc.array(fc.nat(2_678_400_000), { maxLength: 5 }),
    learntSeconds: orNull(fc.nat(2_678_400)),
    periodicAt: orNull(time),
    stepCandidate: orNull(
      fc.record(
        { skewMs: fc.maxSafeInteger(), receivedAt: time, boot: fc.boolean() },
        { noNullPrototype: true },
      ),
    ),
    silentSince: orNull(time),
    reports: fc.array(report, { maxLength: 4 }),
  },
  { noNullPrototype: true },
);
const condition: fc.Arbitrary<Condition> = fc.record(
  {
    rule: text,
    severity: fc.constantFrom(...SEVERITIES),
    since: time,
    openedAt: orNull(time),
    reports: count,
    lastAt: time,
    overSince: orNull(time),
    value: fc.oneof(value, fc.constant(NaN)),
    text,
  },
  { noNullPrototype: true },
);
const baseline: fc.Arbitrary<Baseline> = fc
  .record(
    {
      metric: text,
      day: count,
      hour: fc.integer({ min: -1, max: 23 }),
      sum: value,
      count,
      days: fc.array(value, { maxLength: 7 }),
    },
    { noNullPrototype: true },
  )
  .map((known) => ({ ...known, usual: usualOf(known.days) }));
const anchor: fc.Arbitrary<Anchor> = fc.record(
  { rule: text, at: time, value, falls: fc.array(time, { maxLength: 4 }) },
  { noNullPrototype: true },
);
const record: fc.Arbitrary<DeviceRecord> = fc.record(
  {
    deviceId: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    serialNumber: fc.constant('SN1'),
    oui: text,
    productClass: text,
    formerClass: orNull(fc.record({ productClass: text, until: time }, { noNullPrototype: true })),
    firstSeenAt: time,
    lastSeenAt: time,
    lastSequence: count,
    reachability: fc.constantFrom(...REACHABILITIES),
    reason: text,
    since: time,
    health: fc.constantFrom(...HEALTHS),
    healthReason: text,
    healthSince: time,
    conditions: orNull(fc.array(condition, { maxLength: 3 })),
    baselines: orNull(fc.array(baseline, { maxLength: 2 })),
    anchors: orNull(fc.array(anchor, { maxLength: 2 })),
    labelSetId: fc.oneof(fc.constant(0), fc.nat(2 ** 32 - 1)),
    applied: count,
    duplicates: count,
    late: count,
    recentIdentities: fc.array(fc.nat(2 ** 48 - 1), { maxLength: 16 }),
    repeats: orNull(
      fc.record(
        {
          retryCount: count,
          startedAt: orNull(time),
          told: fc.array(fc.nat(2 ** 48 - 1), { maxLength: 16 }),
          transfers: fc.array(fc.nat(2 ** 48 - 1), { maxLength: 4 }),
        },
        { noNullPrototype: true },
      ),
    ),
    reportRate: orNull(
      fc.record(
        {
          countedSince: time,
          reports: count,
          usualPerMinute: value,
          chattySince: orNull(time),
          normalMs: count,
        },
        { noNullPrototype: true },
      ),
    ),
    restlessness: orNull(
      fc.record(
        {
          bootAt: orNull(time),
          boots: fc.array(time, { maxLength: 5 }),
          loopSince: orNull(time),
          returns: fc.array(time, { maxLength: 6 }),
          flappingSince: orNull(time),
        },
        { noNullPrototype: true },
      ),
    ),
    sources: fc.array(source, { maxLength: 4 }),
    quietUntil: time,
  },
  { noNullPrototype: true },
);
const countOf = ({ reachability, health }: DeviceRecord): number => healthCountCode(reachability, health);
const device: fc.Arbitrary<CachedDevice> = fc
  .record(
    {
      record,
      swVersion: orNull(text),
      manufacturer: orNull(text),
      model: orNull(text),
      wheelBucket: fc.oneof(fc.nat(2 ** 32 - 2), fc.constant(Infinity)),
      changedIn: fc.constant(0),
    },
    { noNullPrototype: true },
  )
  .map((known) => ({ ...known, healthCounted: countOf(known.record) }));
const namesakes = fc.uniqueArray(device, {
  ...{ minLength: 1, maxLength: 3 },
  selector: ({ record: { deviceId } }) => deviceId,
});

test('devices come back from their bytes as they were, whatever has been written there before', () => {
  const packed = createPackedDevices(1);
  const slots = ['SN1', '', '\ud83d\ude00'].map((serialNumber) => ({ serialNumber, slot: -1 }));
  fc.assert(
    fc.property(fc.nat(2), namesakes, (which, devices) => {
      const place = slots[which]!;
      for (const one of devices) one.record.serialNumber = place.serialNumber;
      if (place.slot < 0) place.slot = packed.add(place.serialNumber, devices, 0);
      else packed.pack(place.slot, place.serialNumber, devices);
      expect(packed.unpack(place.slot)).toEqual(devices);
      expect(packed.unpack(place.slot, place.serialNumber)).toEqual(devices);
      expect(packed.slotOfSerial(place.serialNumber)).toBe(place.slot);
      for (const { record: known, wheelBucket } of devices) {
        expect(packed.silence(place.slot, known.deviceId)).toEqual({
          deviceId: known.deviceId,
          wheelBucket,
          quietUntil: known.quietUntil,
        });
      }
    }),
    { numRuns: 300 },
  );
});

/** Deterministic numbers below `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const anyRecord = fc.sample(record, { numRuns: 1, seed: 1 })[0]!;
const simple = (deviceId: number, reason: string): CachedDevice => ({
  record: {
    ...anyRecord,
    ...{ deviceId, serialNumber: `SN${deviceId}`, productClass: reason, sources: [] },
  },
  ...{ swVersion: null, manufacturer: null, model: null, wheelBucket: 5, changedIn: 0 },
  healthCounted: countOf(anyRecord),
});

test('a fleet that grows, changes and is evicted is found by serial number and by key, and nothing else is', () => {
  const packed = createPackedDevices(7);
  const random = numbers(3);
  const there = new Map<number, string>();
  const template = simple(0, '');
  for (let round = 0; round < 12_000; round += 1) {
    const deviceId = 1 + random(4000);
    const productClass = 'x'.repeat(random(round < 6000 ? 40 : 2000));
    const serialNumber = `SN${deviceId}`;
    const one = { ...template, record: { ...template.record, deviceId, serialNumber, productClass } };
    const known = packed.slotOfSerial(serialNumber);
    expect(known >= 0).toBe(packed.slotOfDevice(deviceId) >= 0);
    if (known >= 0) expect(packed.unpack(known)[0]!.record.productClass).toBe(there.get(deviceId));
    else if (packed.size() < 2500) expect(there.has(deviceId)).toBe(false);
    if (known >= 0) packed.pack(known, serialNumber, [one]);
    else packed.add(serialNumber, [one], -1);
    there.set(deviceId, productClass);
    if (round % 100 === 0) packed.evict(3000, 1e9);
  }
  packed.evict(3000, 1e9);
  expect(packed.size()).toBe(3000);
  let found = 0;
  for (const [deviceId, productClass] of there) {
    const slot = packed.slotOfDevice(deviceId);
    expect(packed.slotOfSerial(`SN${deviceId}`)).toBe(slot);
    if (slot < 0) continue;
    found += 1;
    expect(packed.unpack(slot)[0]).toMatchObject({ record: { deviceId, productClass } });
  }
  expect(found).toBe(3000);
});

test('a slot that somebody works with stays, whatever the room', () => {
  const packed = createPackedDevices(7);
  for (let n = 1; n <= 100; n += 1) packed.add(`SN${n}`, [simple(n, '')], n % 10 === 0 ? 5 : -1);
  packed.evict(0, 0);
  expect(packed.size()).toBe(10);
  for (let n = 1; n <= 100; n += 1) expect(packed.slotOfDevice(n) >= 0).toBe(n % 10 === 0);
});

test('bytes are a limit too, and what was used lately outlives what was not', () => {
  const packed = createPackedDevices(7);
  for (let n = 1; n <= 4000; n += 1) packed.add(`SN${n}`, [simple(n, `${n}${'y'.repeat(300)}`)], -1);
  packed.evict(3999, 1e9);
  for (let n = 2; n <= 1001; n += 1) packed.setUser(packed.slotOfDevice(n), -1);
  packed.evict(1e9, 1_000_000);
  expect(packed.size()).toBeGreaterThan(1000);
  expect(packed.size()).toBeLessThan(3000);
  for (let n = 2; n <= 1001; n += 1) expect(packed.slotOfDevice(n)).toBeGreaterThanOrEqual(0);
});

test('room that a fleet has grown out of serves its new size', () => {
  const packed = createPackedDevices(7);
  const ofLength = (n: number, length: number) => [simple(n, `${n}`.padStart(length, 'x'))];
  for (let n = 1; n <= 6000; n += 1) packed.add(`SN${n}`, ofLength(n, 900), -1);
  const before = packed.bytes();
  for (let n = 1; n <= 6000; n += 1)
    if (n % 3 > 0) packed.pack(packed.slotOfDevice(n), `SN${n}`, ofLength(n, 600));
  for (let n = 1; n <= 6000; n += 1) {
    expect(packed.unpack(packed.slotOfDevice(n))).toEqual(ofLength(n, n % 3 > 0 ? 600 : 900));
  }
  // 1.47 times as much without it.
  expect(packed.bytes()).toBeLessThan(before * 1.25);
});
