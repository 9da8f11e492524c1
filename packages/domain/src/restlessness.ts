import type { DeviceRecord, Restlessness } from './device-record.js';
import { endCondition, holdCondition } from './health/conditions.js';
import type { TimelineEntry } from './timeline.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Two reckonings of one boot differ by less. */
const SAME_BOOT_MS = 120_000;

/** When something has happened too often: so many times within an hour, or within a day. */
interface TooOften {
  inAnHour: number;
  inADay: number;
}

/** Boots by power or crash: three in an hour may be somebody with a plug, five in a day are not. */
const LOOP: TooOften = { inAnHour: 3, inADay: 5 };
/** Returns from absences that no boot explains. A line that is trained anew each night comes to one a day. */
const FLAPPING: TooOften = { inAnHour: 3, inADay: 6 };

/** `data` of a row of the timeline of kind `reboot_loop` or `flapping`. */
export interface RestlessChange {
  state: 'began' | 'ended';
  /** The first of the boots or returns that made it begin, RFC 3339. */
  since: string;
}

export const isInRebootLoop = ({ restlessness }: Pick<DeviceRecord, 'restlessness'>): boolean =>
  restlessness !== null && restlessness.loopSince !== null;

export const isFlapping = ({ restlessness }: Pick<DeviceRecord, 'restlessness'>): boolean =>
  restlessness !== null && restlessness.flappingSince !== null;

/** Notes that the device was told to have booted. @param counts by power or crash: what a loop is made of */
export function noteBoot(record: DeviceRecord, at: number, counts: boolean, timeline: TimelineEntry[]): void {
  const memory = (record.restlessness ??= newRestlessness());
  memory.bootAt = Math.max(at, memory.bootAt ?? at);
  const last = memory.boots.at(-1);
  if (!counts || (last !== undefined && at < last + SAME_BOOT_MS)) return;
  memory.boots = withOneMore(memory.boots, at, LOOP);
  if (memory.loopSince !== null || !isTooOften(memory.boots, LOOP)) return;
  memory.loopSince = firstOf(memory.boots, LOOP);
  tell(record, 'reboot_loop', 'began', memory.loopSince, at, timeline);
}

/** Notes that the device came back from an absence that no boot explains. */
export function noteReturn(record: DeviceRecord, at: number, timeline: TimelineEntry[]): void {
  const memory = (record.restlessness ??= newRestlessness());
  memory.returns = withOneMore(memory.returns, at, FLAPPING);
  if (memory.flappingSince !== null || !isTooOften(memory.returns, FLAPPING)) return;
  memory.flappingSince = firstOf(memory.returns, FLAPPING);
  tell(record, 'flapping', 'began', memory.flappingSince, at, timeline);
}

/**
 * Ends what is over by `at`, at its own time, and forgets what is old. A loop is over after twice the longest time
 * between two of its boots, but an hour at least: one that boots every ten minutes sooner than one that does so every
 * five hours. To be called with each event of the device, before it is noted what that tells.
 */
export function settleRestlessness(record: DeviceRecord, at: number, timeline: TimelineEntry[]): void {
  const memory = record.restlessness;
  if (memory === null) return;
  const { loopSince, flappingSince } = memory;
  const loopEnd = endOf(memory.boots);
  if (loopSince !== null && at > loopEnd) {
    tell(record, 'reboot_loop', 'ended', loopSince, loopEnd, timeline);
    memory.loopSince = null;
    memory.boots = [];
  }
  const flappingEnd = endOf(memory.returns);
  if (flappingSince !== null && at > flappingEnd) {
    tell(record, 'flapping', 'ended', flappingSince, flappingEnd, timeline);
    memory.flappingSince = null;
    memory.returns = [];
  }
  if (memory.bootAt !== null && memory.bootAt < at - DAY_MS) memory.bootAt = null;
  if (memory.loopSince === null && isOld(memory.boots, at)) memory.boots = [];
  if (memory.flappingSince === null && isOld(memory.returns, at)) memory.returns = [];
  if (memory.bootAt === null && memory.boots.length === 0 && memory.returns.length === 0) {
    record.restlessness = null;
  }
}

function newRestlessness(): Restlessness {
  return { bootAt: null, boots: [], loopSince: null, returns: [], flappingSince: null };
}

/** What is late counts as if it had happened with the one before. */
function withOneMore(times: readonly number[], at: number, { inADay }: TooOften): number[] {
  const next = Math.max(at, times.at(-1) ?? at);
  return [...times.filter((time) => time >= next - DAY_MS), next].slice(-inADay);
}

function isTooOften(times: readonly number[], { inAnHour, inADay }: TooOften): boolean {
  const last = times.at(-1)!;
  return times.length >= inADay || (times.at(-inAnHour) ?? -Infinity) >= last - HOUR_MS;
}

/** Of those that made it too often: of a burst in an hour, the burst; else the day. */
function firstOf(times: readonly number[], { inAnHour }: TooOften): number {
  const burst = times.at(-inAnHour);
  return burst !== undefined && burst >= times.at(-1)! - HOUR_MS ? burst : times[0]!;
}

function endOf(times: readonly number[]): number {
  let longest = 0;
  for (let n = 1; n < times.length; n += 1) longest = Math.max(longest, times[n]! - times[n - 1]!);
  return (times.at(-1) ?? -Infinity) + Math.max(HOUR_MS, Math.min(DAY_MS, 2 * longest));
}

const isOld = (times: readonly number[], at: number): boolean => (times.at(-1) ?? -Infinity) < at - DAY_MS;

function tell(
  record: DeviceRecord,
  kind: 'reboot_loop' | 'flapping',
  state: RestlessChange['state'],
  since: number,
  at: number,
  timeline: TimelineEntry[],
): void {
  const data: RestlessChange = { state, since: new Date(since).toISOString() };
  // One a moment: what is told of the same state twice, by a repeat or a replay, is the same row.
  timeline.push({ record, at, kind, identity: state, data });
  const rule = kind === 'flapping' ? 'flapping' : 'reboot-loop';
  if (state === 'ended') return endCondition(record, rule, at, timeline);
  const text = kind === 'flapping' ? 'It comes and goes' : 'It restarts again and again';
  holdCondition(record, { rule, severity: 'warning', since, at, text }, timeline);
}
