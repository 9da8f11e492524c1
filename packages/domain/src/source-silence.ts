import type { IntakeGap } from './intake-history.js';
import { RETRY_WAIT_MS, offlineAllowanceMs, type ReachabilitySettings } from './reachability.js';

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

/** Times in which nothing could come: they are not usual, and no silence. Each in order of time. */
export interface Unheard {
  /** Nobody accepted. What was refused comes back by the retry table of TR-069, so as much time after it counts as well. */
  shut: readonly IntakeGap[];
  /** The source was silent before. */
  silent: readonly IntakeGap[];
}

export const NOTHING_UNHEARD: Unheard = { shut: [], silent: [] };
/** A beat that is late by seconds, as on a loaded machine, leaves what is usual as it is. */
const LONG_GAP_MS = SLOT_MS;

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
/** Where so many are usual within few slots, a fifth of them is no chance. */
const TELLING_REPORTS = 50;
/** A silence is found before the first device of the source is stale by it, or at least before one is offline. */
const IN_TIME = 0.9;
/** A source that speaks, though less than half as much as it did, for so long: that is usual now. */
const NEW_USUAL_AFTER_MS = 6 * 60 * MINUTE_MS;

export interface SilenceSettings {
  /** No silence is shorter. */
  floorMs: number;
  /** By which devices turn offline; absent: a silence that is not found before a device is stale is not looked for. */
  reachability?: ReachabilitySettings;
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
  unheard: Unheard = NOTHING_UNHEARD,
): Usual | null {
  const lately = slots.filter(({ at }) => at >= until - USUAL_OF_MS && at + SLOT_MS <= until);
  const [first] = lately;
  if (first === undefined) return null;
  const gaps = [...unheard.shut, ...unheard.silent].filter(isLong);
  const canBeHeard = Array.from(
    { length: Math.floor((until - first.at) / SLOT_MS) },
    (_, n) => !overlap(gaps, first.at + n * SLOT_MS, first.at + (n + 1) * SLOT_MS),
  );
  const known = lately.filter(({ at }) => canBeHeard[(at - first.at) / SLOT_MS] === true);
  const heardMs = canBeHeard.filter(Boolean).length * SLOT_MS;
  if (known.length === 0 || heardMs < KNOWN_FOR_MS) return null;
  const minutes = heardMs / MINUTE_MS;
  const perMinute = sum(known, 'reports') / minutes;
  const devices = sum(known, 'deviceMinutes') / minutes;
  if (devices < FEWEST_DEVICES) return null;
  const shortestStaleMs = Math.min(...known.map((slot) => slot.shortestStaleMs));
  const wanted = FEWEST_REPORTS * (MINUTE_MS / perMinute);
  const soonMs = Math.min(Math.max(settings.floorMs, wanted), IN_TIME * shortestStaleMs);
  // Where reports come in bursts, as on a loaded machine, only longer stretches have them all: stale devices are known then.
  const lateMs =
    IN_TIME * (settings.reachability ? offlineAllowanceMs(shortestStaleMs, settings.reachability) : 0);
  for (const silenceMs of lateMs > soonMs ? [soonMs, lateMs] : [soonMs]) {
    const stretchSlots = Math.max(1, Math.ceil(silenceMs / SLOT_MS));
    const stretch = leastOf(known, first.at, canBeHeard, stretchSlots) ?? 0;
    const least = stretch * (silenceMs / (stretchSlots * SLOT_MS));
    if (least >= FEWEST_REPORTS / 2)
      return { perMinute: (least * MINUTE_MS) / silenceMs, devices: Math.round(devices), silenceMs };
  }
  return null;
}

const isLong = ({ startedAt, endedAt }: IntakeGap): boolean => endedAt - startedAt >= LONG_GAP_MS;

const overlap = (gaps: readonly IntakeGap[], from: number, until: number): boolean =>
  gaps.some(({ startedAt, endedAt }) => startedAt < until && endedAt > from);

/** The reports of a stretch of so many slots that nine out of ten have at least, of those that could be heard whole. */
function leastOf(
  slots: readonly HeardSlot[],
  from: number,
  canBeHeard: readonly boolean[],
  stretchSlots: number,
): number | null {
  const reports = new Array<number>(Math.floor(canBeHeard.length / stretchSlots)).fill(0);
  for (const slot of slots) {
    const stretch = Math.floor((slot.at - from) / SLOT_MS / stretchSlots);
    if (stretch < reports.length) reports[stretch]! += slot.reports;
  }
  const whole = reports.filter((_, n) =>
    canBeHeard.slice(n * stretchSlots, (n + 1) * stretchSlots).every(Boolean),
  );
  return whole.sort((a, b) => a - b)[Math.floor(whole.length / 10)] ?? null;
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
  unheard: Unheard = NOTHING_UNHEARD,
): FoundSilence | null {
  const slots = heard.filter(({ at }) => at < now);
  const last = slots.at(-1);
  if (last === undefined) return null;
  // By what was usual before it began; the silence itself is not usual.
  const usual = usualBefore(slots, slotOf(Math.min(last.lastAt, now - settings.floorMs)), settings, unheard);
  if (usual === null) return null;
  const excused = unheard.shut.filter(isLong).map(withRetries);
  const found = { usualPerMinute: usual.perMinute, devices: usual.devices };
  if (now - last.lastAt - coveredMs(excused, last.lastAt, now) >= usual.silenceMs)
    return { startedAt: last.lastAt, ...found };
  const windowMs = Math.ceil(usual.silenceMs / SLOT_MS) * SLOT_MS;
  const expected = (usual.perMinute * windowMs) / MINUTE_MS;
  // Within few slots, or few reports, nothing but "none at all" can be told.
  if (windowMs > usual.silenceMs * 2 || (windowMs < 3 * SLOT_MS && expected < TELLING_REPORTS)) return null;
  const from = slotOf(now) - windowMs;
  const lately = slots.filter(({ at }) => at >= from);
  if (overlap(excused, from, now) || sum(lately, 'reports') >= expected * SILENT_SHARE) return null;
  const spoke = slots.findLast(({ reports }) => reports >= perSlot(usual.perMinute) * SPEAKS_SHARE);
  return spoke === undefined ? null : { startedAt: spoke.lastAt, ...found };
}

const withRetries = ({ startedAt, endedAt }: IntakeGap): IntakeGap => ({
  startedAt,
  endedAt: endedAt + Math.min(endedAt - startedAt, RETRY_WAIT_MS),
});

/** How much of the time from one moment to another lies in gaps, ms. */
function coveredMs(gaps: readonly IntakeGap[], from: number, until: number): number {
  let covered = 0;
  let at = from;
  for (const { startedAt, endedAt } of gaps) {
    const end = Math.min(endedAt, until);
    if (end <= at) continue;
    covered += end - Math.max(at, Math.min(startedAt, end));
    at = end;
  }
  return covered;
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
