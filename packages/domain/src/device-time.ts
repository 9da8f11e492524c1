/** Why a time that a device gave is not used. */
export const TIME_DROP_REASONS = [
  'time_unreadable',
  'time_without_zone',
  'time_before_2015',
  'time_ahead',
] as const;
export type TimeDropReason = (typeof TIME_DROP_REASONS)[number];

/** Before this no clock was right that reports to us (docs/device-status.md section 1). */
export const EARLIEST_BELIEVABLE_MS = Date.UTC(2015, 0, 1);
/** A clock further ahead than this is wrong (docs/device-status.md section 1). */
export const FURTHEST_AHEAD_MS = 5 * 60_000;
/** Enough to show any form of time; what is longer is none. */
const LONGEST_RAW_TIME = 64;
/** Epoch numbers below this are seconds (until the year 5138), others milliseconds (from 1973). */
const FIRST_MILLISECONDS = 1e11;

/** A time as RFC 3339 in UTC with milliseconds, or why there is none and what was sent. */
export type DeviceTime = { time: string; dropped?: never } | { dropped: TimeDropReason; raw: string };

/**
 * Reads the time that a device or relay gave: RFC 3339 with a zone, or seconds or milliseconds since 1970 as a number
 * or numeric text. Believable is what lies between 2015 and five minutes ahead of `nowMs`.
 * @returns undefined when nothing was given (absent, null, empty)
 */
export function readDeviceTime(value: unknown, nowMs: number): DeviceTime | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return judge(fromEpoch(value), value, nowMs);
  if (typeof value !== 'string') return { dropped: 'time_unreadable', raw: '' };
  if (CANONICAL.test(value)) {
    const epochMs = Date.parse(value);
    if (epochMs >= EARLIEST_BELIEVABLE_MS && epochMs <= nowMs + FURTHEST_AHEAD_MS && dayExists(value)) {
      return { time: value };
    }
  }
  const text = value.trim();
  if (text === '') return undefined;
  if (NUMERIC.test(text)) return judge(fromEpoch(Number(text)), text, nowMs);
  return readTimestamp(text, nowMs);
}

/** The form in which times are kept: most senders use it, and such a text need not be written anew. */
const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const NUMERIC = /^[+-]?\d{1,20}(\.\d{1,20})?$/;
const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/;

function readTimestamp(text: string, nowMs: number): DeviceTime {
  const match = text.length <= LONGEST_RAW_TIME ? TIMESTAMP.exec(text) : null;
  if (match === null) return { dropped: 'time_unreadable', raw: text.slice(0, LONGEST_RAW_TIME) };
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetMinutes = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0);
  const possible =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOfMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 60 &&
    offsetMinutes < 24 * 60;
  if (!possible) return { dropped: 'time_unreadable', raw: text };
  if (match[8] === undefined && match[9] === undefined) return { dropped: 'time_without_zone', raw: text };
  const milliseconds = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  // setUTCFullYear, because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const local = new Date(0).setUTCFullYear(year, month - 1, day);
  const clock = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  const offset = (match[9] === '-' ? -1 : 1) * offsetMinutes * 60_000;
  return judge(local + clock - offset, text, nowMs);
}

function judge(epochMs: number, raw: string | number, nowMs: number): DeviceTime {
  if (epochMs >= EARLIEST_BELIEVABLE_MS && epochMs <= nowMs + FURTHEST_AHEAD_MS) {
    return { time: new Date(epochMs).toISOString() };
  }
  return {
    dropped: epochMs < EARLIEST_BELIEVABLE_MS ? 'time_before_2015' : 'time_ahead',
    raw: String(raw).slice(0, LONGEST_RAW_TIME),
  };
}

const fromEpoch = (epoch: number): number =>
  Math.trunc(Math.abs(epoch) < FIRST_MILLISECONDS ? epoch * 1000 : epoch);

function dayExists(canonical: string): boolean {
  const day = Number(canonical.slice(8, 10));
  // Date.parse refuses day 32, month 13 and hour 25, but rolls over the 31st of a short month and 24:00.
  if (canonical.charCodeAt(11) === 50 && canonical.charCodeAt(12) === 52) return false;
  return day <= 28 || day <= daysOfMonth(Number(canonical.slice(0, 4)), Number(canonical.slice(5, 7)));
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
