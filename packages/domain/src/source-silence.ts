/** Reports of a source or a model that were received within ten seconds, all lanes together. */
export interface HeardSlot {
  /** Its beginning, epoch ms. */
  at: number;
  reports: number;
  /** How many devices they stand for: one that comes every ten minutes, for ten that come every minute. */
  deviceMinutes: number;
  lastAt: number;
  /** The shortest silence after which one of these devices is stale. */
  shortestStaleMs: number;
}

export const SLOT_MS = 10_000;
export const slotOf = (at: number): number => Math.floor(at / SLOT_MS) * SLOT_MS;

const MINUTE_MS = 60_000;
/** What is usual is what came in the last hour; of a source that is heard of for less than this nothing is. */
const USUAL_OF_MS = 60 * MINUTE_MS;
const KNOWN_FOR_MS = 10 * MINUTE_MS;
/** Slots are needed for as long as what is usual reaches back, and the longest wait for a silence before it. */
export const SLOTS_KEPT_MS = 2 * USUAL_OF_MS;

/** A source that brings less than this share of what is usual is silent: a few devices may come by another way. */
const SILENT_SHARE = 0.2;
/** … and speaks again at this share. */
const SPEAKS_SHARE = 0.5;
/**
 * A silence is one of the source, and not of its devices, only where so many of them, and so many reports, are missing:
 * one box that is switched off is no dead webhook.
 */
const FEWEST_DEVICES = 10;
const FEWEST_REPORTS = 10;
/** A silence is found before the first device of the source is stale by it. */
const BEFORE_STALE = 0.9;
/** A source that speaks, though less than half as much as it did, for so long: that is usual now. */
const NEW_USUAL_AFTER_MS = 6 * 60 * MINUTE_MS;

export interface SilenceSettings {
  /** No silence is shorter. */
  floorMs: number;
}

export const DEFAULT_SILENCE_SETTINGS: SilenceSettings = { floorMs: MINUTE_MS };

/** What is usual of a source. */
export interface Usual {
  perMinute: number;
  devices: number;
  /** A silence of this length is one. */
  silenceMs: number;
}

/**
 * What was usual before `until`; null where too little is known, or too few devices report by it. Usual is what comes in
 * nine out of ten stretches of time at least, because devices may all report at the full hour.
 * @param slots in order of time
 */
export function usualBefore(
  slots: readonly HeardSlot[],
  until: number,
  settings: SilenceSettings,
): Usual | null {
  const known = slots.filter(({ at }) => at >= until - USUAL_OF_MS && at + SLOT_MS <= until);
  const [first] = known;
  if (first === undefined || until - first.at < KNOWN_FOR_MS) return null;
  const minutes = (until - first.at) / MINUTE_MS;
  const perMinute = sum(known, 'reports') / minutes;
  const devices = sum(known, 'deviceMinutes') / minutes;
  if (devices < FEWEST_DEVICES) return null;
  const shortestStaleMs = Math.min(...known.map((slot) => slot.shortestStaleMs));
  const wanted = FEWEST_REPORTS * (MINUTE_MS / perMinute);
  const silenceMs = Math.min(Math.max(settings.floorMs, wanted), BEFORE_STALE * shortestStaleMs);
  const stretchMs = Math.max(SLOT_MS, Math.ceil(silenceMs / SLOT_MS) * SLOT_MS);
  const least = leastOf(known, first.at, until, stretchMs) * (silenceMs / stretchMs);
  if (least < FEWEST_REPORTS / 2) return null;
  return { perMinute: (least * MINUTE_MS) / silenceMs, devices: Math.round(devices), silenceMs };
}

/** The reports of a stretch of this length that nine out of ten have at least. */
function leastOf(slots: readonly HeardSlot[], from: number, until: number, stretchMs: number): number {
  const stretches = Math.floor((until - from) / stretchMs);
  const reports = new Array<number>(stretches).fill(0);
  for (const slot of slots) {
    const stretch = Math.floor((slot.at - from) / stretchMs);
    if (stretch < stretches) reports[stretch]! += slot.reports;
  }
  return reports.sort((a, b) => a - b)[Math.floor(stretches / 10)]!;
}

export interface FoundSilence {
  startedAt: number;
  usualPerMinute: number;
  devices: number;
}

/**
 * The silence of a source that speaks no more at `now`, the time up to which all lanes are applied; null when it speaks,
 * or nothing can be said.
 * @param heard slots in order of time; lanes that are ahead may have filled some after `now`
 */
export function findSilence(
  heard: readonly HeardSlot[],
  now: number,
  settings: SilenceSettings,
): FoundSilence | null {
  const slots = heard.filter(({ at }) => at < now);
  const last = slots.at(-1);
  if (last === undefined) return null;
  // By what was usual before it began; the silence itself is not usual.
  const usual = usualBefore(slots, slotOf(Math.min(last.lastAt, now - settings.floorMs)), settings);
  if (usual === null) return null;
  const found = { usualPerMinute: usual.perMinute, devices: usual.devices };
  if (now - last.lastAt >= usual.silenceMs) return { startedAt: last.lastAt, ...found };
  const windowMs = Math.ceil(usual.silenceMs / SLOT_MS) * SLOT_MS;
  // Within fewer slots nothing but "none at all" can be told.
  if (windowMs > usual.silenceMs * 2 || windowMs < 3 * SLOT_MS) return null;
  const from = slotOf(now) - windowMs;
  const lately = slots.filter(({ at }) => at >= from);
  const expected = (usual.perMinute * windowMs) / MINUTE_MS;
  if (sum(lately, 'reports') >= expected * SILENT_SHARE) return null;
  const spoke = slots.findLast(({ reports }) => reports >= perSlot(usual.perMinute) * SPEAKS_SHARE);
  return spoke === undefined ? null : { startedAt: spoke.lastAt, ...found };
}

const perSlot = (perMinute: number): number => (perMinute * SLOT_MS) / MINUTE_MS;

/**
 * When a silence that began at `startedAt` was over, by the reports up to `now`; null while it lasts. It is over with the
 * first ten seconds of the half minute in which half of what is usual came again.
 */
export function endOfSilence(
  slots: readonly HeardSlot[],
  { startedAt, usualPerMinute }: FoundSilence,
  now: number,
): number | null {
  const since = slots.filter(({ at, lastAt }) => at + SLOT_MS > startedAt && lastAt > startedAt && at < now);
  const [first] = since;
  if (first === undefined) return null;
  const windowMs = 3 * SLOT_MS;
  const lately = since.filter(({ at }) => at > slotOf(now) - windowMs);
  const expected = (usualPerMinute * windowMs) / MINUTE_MS;
  if (sum(lately, 'reports') >= Math.max(1, expected * SPEAKS_SHARE))
    return Math.max(startedAt, lately[0]!.at);
  return now - startedAt > NEW_USUAL_AFTER_MS && lately.length > 0 ? now : null;
}

function sum(slots: readonly HeardSlot[], what: 'reports' | 'deviceMinutes'): number {
  let total = 0;
  for (const slot of slots) total += slot[what];
  return total;
}
