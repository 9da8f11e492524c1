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

test('of devices that report every five seconds stragglers do not hide that their source is dead', () => {
  const late = Array.from({ length: 12 }, (_, n) => 30 * MINUTE + n * 2000);
  const slots = slotsOf([...fleet(44, 5, 30), ...late], 5, 10_000).map((slot) => ({
    ...slot,
    deviceMinutes: (slot.reports / 88) * (44 / 6),
  }));
  const found = findSilence(slots, at(30) + 20_500, settings);
  expect(found?.startedAt).toBeLessThanOrEqual(at(30));
  expect(found?.startedAt).toBeGreaterThan(at(29.8));
});

test('where reports come in bursts, as on a loaded machine, a dead source is found before a device is offline', () => {
  // In each seventh ten seconds nothing comes.
  const bursts = fleet(44, 5, 20).filter((time) => Math.floor(time / SLOT_MS) % 7 !== 3);
  const slots = slotsOf(bursts, 5, 10_000).map((slot) => ({ ...slot, deviceMinutes: 44 / 6 }));
  const reachability = {
    ...{ defaultIntervalSeconds: 300, staleFloorSeconds: 5, staleCeilingSeconds: 900 },
    ...{ offlineFloorSeconds: 25, offlineCeilingSeconds: 3600 },
  };
  expect(findSilence(slots, at(20) + 24_000, settings)).toBeNull();
  expect(findSilence(slots, at(20) + 20_000, { ...settings, reachability })).toBeNull();
  // Offline is who was not heard for 30 s; the last report of some lies 5 s before that of the source.
  const found = findSilence(slots, at(20) + 24_000, { ...settings, reachability });
  expect(found?.startedAt).toBeGreaterThan(at(20) - 200);
});

test('what is usual leaves out when nobody accepted and when the source was silent before', () => {
  const lives = (minute: number): boolean => minute < 15 || (minute >= 25 && minute < 40) || minute >= 50;
  const times = fleet(1000, 60, 58).filter((time) => lives(time / MINUTE));
  const gap = (from: number, to: number) => ({ startedAt: at(from), endedAt: at(to) });
  const unheard = { shut: [gap(15, 25)], silent: [gap(40, 50)] };
  expect(findSilence(minutely(times), at(59.1), settings)).toBeNull();
  expect(findSilence(minutely(times), at(59.1), settings, unheard)).toMatchObject({ devices: 1000 });
});

test('while nobody accepts, and as long again, a source is not silent', () => {
  const slots = minutely(fleet(1000, 60, 30));
  const shut = (endedAt: number) => ({ shut: [{ startedAt: at(30), endedAt }], silent: [] });
  expect(findSilence(slots, at(35), settings, shut(at(35)))).toBeNull();
  expect(findSilence(slots, at(40), settings, shut(at(35)))).toBeNull();
  expect(findSilence(slots, at(41.1), settings, shut(at(35)))).not.toBeNull();
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
