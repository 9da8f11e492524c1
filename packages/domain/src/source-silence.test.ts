import {
  DEFAULT_SILENCE_SETTINGS,
  SLOT_MS,
  endOfSilence,
  findSilence,
  slotOf,
  type HeardSlot,
} from './source-silence.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const settings = DEFAULT_SILENCE_SETTINGS;
const MINUTE = 60_000;

/** Reports of a fleet at moments (ms after noon), put into slots. */
function slotsOf(times: number[], intervalSeconds: number, staleMs: number): HeardSlot[] {
  const slots = new Map<number, HeardSlot>();
  for (const time of [...times].sort((a, b) => a - b)) {
    const at = slotOf(NOON + time);
    const slot = slots.get(at) ?? {
      ...{ at, reports: 0, deviceMinutes: 0, lastAt: 0, shortestStaleMs: staleMs },
    };
    slot.reports += 1;
    slot.deviceMinutes += Math.max(1, intervalSeconds / 60);
    slot.lastAt = NOON + time;
    slots.set(at, slot);
  }
  return [...slots.values()];
}
/** `devices` that report every `intervalSeconds`, evenly spread, until they stop. */
function fleet(devices: number, intervalSeconds: number, minutes: number): number[] {
  const times: number[] = [];
  const apart = (intervalSeconds * 1000) / devices;
  for (let time = 0; time < minutes * MINUTE; time += apart) times.push(Math.floor(time));
  return times;
}
const minutely = (times: number[]) => slotsOf(times, 60, 120_000);
const at = (minutes: number) => NOON + minutes * MINUTE;

test('a source of a thousand devices that brings nothing for a minute is silent since its last report', () => {
  const slots = minutely(fleet(1000, 60, 30));
  expect(findSilence(slots, at(30.7), settings)).toBeNull();
  expect(findSilence(slots, at(31), settings)).toMatchObject({
    startedAt: NOON + 30 * MINUTE - 60,
    devices: 1000,
  });
});

test('it is found before the first of its devices is stale, also where they report every five seconds', () => {
  const times = fleet(20, 5, 30);
  const slots = slotsOf(times, 5, 10_000).map((slot) => ({ ...slot, deviceMinutes: 20 / 6 }));
  expect(findSilence(slots, at(30) + 8000, settings)).toBeNull();
  expect(findSilence(slots, at(30) + 9000, settings)).not.toBeNull();
});

test('a source that brings less than a fifth is silent since it brought half', () => {
  const times = [...fleet(1000, 60, 30), ...fleet(100, 60, 5).map((time) => time + 30 * MINUTE)];
  const found = findSilence(minutely(times), at(31.2), settings);
  expect(found?.startedAt).toBeGreaterThan(at(29.8));
  expect(found?.startedAt).toBeLessThanOrEqual(at(30));
  const half = [...fleet(1000, 60, 30), ...fleet(500, 60, 5).map((time) => time + 30 * MINUTE)];
  expect(findSilence(minutely(half), at(34), settings)).toBeNull();
});

test('a few devices that are switched off are not a silent source', () => {
  expect(findSilence(minutely(fleet(9, 60, 60)), at(120), settings)).toBeNull();
  const hourly = slotsOf(fleet(1, 3600, 24 * 60), 3600, 75 * MINUTE);
  expect(findSilence(hourly, at(26 * 60), settings)).toBeNull();
});

test('of a source heard for five minutes nothing is usual', () => {
  expect(findSilence(minutely(fleet(1000, 60, 5)), at(10), settings)).toBeNull();
});

test('devices that all report at the full quarter of an hour do not make their source silent between', () => {
  const times: number[] = [];
  for (let minute = 0; minute < 120; minute += 15)
    for (let n = 0; n < 1000; n += 1) times.push(minute * MINUTE + n * 20);
  const slots = slotsOf(times, 900, 22.5 * MINUTE);
  for (let minute = 61; minute < 120; minute += 1)
    expect(
      findSilence(
        slots.filter((slot) => slot.at < at(minute)),
        at(minute),
        settings,
      ),
    ).toBeNull();
});

test('a hundred devices that report once an hour are missed after ten of their reports', () => {
  const slots = slotsOf(fleet(100, 3600, 120), 3600, 75 * MINUTE);
  expect(findSilence(slots, at(124), settings)).toBeNull();
  expect(findSilence(slots, at(127), settings)).toMatchObject({ devices: 100 });
});

test('a silence ends where reports come again, and not with a single one', () => {
  const before = fleet(1000, 60, 30);
  const found = findSilence(minutely(before), at(32), settings)!;
  const one = minutely([...before, 40 * MINUTE]);
  expect(endOfSilence(one, found, at(40.1))).toBeNull();
  const again = [...before, ...fleet(1000, 60, 2).map((time) => time + 45 * MINUTE)];
  expect(endOfSilence(minutely(again), found, at(45.4))).toBe(at(45));
  expect(endOfSilence(minutely(before), found, at(50))).toBeNull();
});

test('what a source has brought for six hours is usual, though it was more before', () => {
  const found = { startedAt: NOON, usualPerMinute: 1000, devices: 1000 };
  const times = fleet(100, 60, 7 * 60);
  expect(endOfSilence(minutely(times), found, at(300))).toBeNull();
  expect(endOfSilence(minutely(times), found, at(361))).toBe(at(361));
});

test('a slot is ten seconds', () => {
  expect(slotOf(NOON + 19_999)).toBe(NOON + SLOT_MS);
});
