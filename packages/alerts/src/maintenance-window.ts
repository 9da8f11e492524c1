import { readMatchers, type Matchers } from './matchers.js';

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** On each of the days, from a time of day in a time zone on. */
export interface WeeklyTimes {
  days: readonly Weekday[];
  /** "02:00", by the clock of the time zone. */
  from: string;
  minutes: number;
  /** IANA: "Europe/Berlin". */
  timeZone: string;
}

/** When nobody is to be told of what matches. Times are epoch ms. */
export interface MaintenanceWindow {
  matchers: Matchers;
  startsAt: number;
  /** Of a weekly window when the last one ends; null: never. */
  endsAt: number | null;
  weekly: WeeklyTimes | null;
}

const MINUTES_A_DAY = 1440;
const LONGEST_WEEKLY_MINUTES = MINUTES_A_DAY;
/** A window that is planned for longer is a change of labels, not maintenance. */
export const LONGEST_WINDOW_MS = 31 * 86_400_000;

export function isInWindow(window: MaintenanceWindow, at: number): boolean {
  if (at < window.startsAt || (window.endsAt !== null && at >= window.endsAt)) return false;
  const { weekly } = window;
  if (weekly === null) return true;
  const [hours = 0, minutes = 0] = weekly.from.split(':').map(Number);
  const from = hours * 60 + minutes;
  const { weekday, minuteOfDay } = localTime(at, weekly.timeZone);
  const begins = (day: number): boolean => weekly.days.includes(WEEKDAYS[(day + 7) % 7]!);
  if (begins(weekday) && minuteOfDay >= from && minuteOfDay < from + weekly.minutes) return true;
  // One that began the day before.
  return begins(weekday - 1) && minuteOfDay + MINUTES_A_DAY < from + weekly.minutes;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Day of the week (0: Sunday) and minute of the day by the clocks there. */
function localTime(at: number, timeZone: string): { weekday: number; minuteOfDay: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const fields = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone, ...fields });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const weekday = WEEKDAYS.indexOf(parts.get('weekday')!.toLowerCase() as Weekday);
  return { weekday, minuteOfDay: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

/** A window as it is asked for. Times are RFC 3339. */
export interface WrittenWindow {
  match?: unknown;
  starts_at?: string;
  ends_at?: string;
  weekly?: { days?: unknown; from?: unknown; minutes?: unknown; time_zone?: unknown };
}

/** Reads a window that somebody asks for at `now`; every problem is told. */
export function readWindow(
  written: WrittenWindow,
  now: number,
): { window: MaintenanceWindow } | { problems: string[] } {
  const problems: string[] = [];
  const matchers = readMatchers(written.match, 'match', problems);
  if (Object.keys(matchers).length === 0) problems.push('match must name a label: a window is of something');
  const weekly = written.weekly === undefined ? null : readWeekly(written.weekly, problems);
  const startsAt = written.starts_at === undefined ? now : Date.parse(written.starts_at);
  const endsAt = written.ends_at === undefined ? null : Date.parse(written.ends_at);
  if (Number.isNaN(startsAt)) problems.push('starts_at is no time');
  if (endsAt === null && weekly === null) problems.push('ends_at is needed, but for a weekly window');
  if (endsAt !== null && !(endsAt > startsAt)) problems.push('ends_at must be after starts_at');
  if (endsAt !== null && endsAt <= now) problems.push('ends_at is over');
  if (endsAt !== null && weekly === null && endsAt - startsAt > LONGEST_WINDOW_MS)
    problems.push(`a window lasts at most ${LONGEST_WINDOW_MS / 86_400_000} days`);
  return problems.length > 0 ? { problems } : { window: { matchers, startsAt, endsAt, weekly } };
}

function readWeekly(written: NonNullable<WrittenWindow['weekly']>, problems: string[]): WeeklyTimes {
  const { days, from, minutes, time_zone: timeZone } = written;
  const known = WEEKDAYS.filter((day) => Array.isArray(days) && days.includes(day));
  if (!Array.isArray(days) || known.length === 0 || known.length < new Set(days).size)
    problems.push(`weekly.days must be of ${WEEKDAYS.join(', ')}`);
  if (typeof from !== 'string' || !/^([01]\d|2[0-3]):[0-5]\d$/.test(from))
    problems.push('weekly.from must be a time of day as 02:00');
  const lasts = typeof minutes === 'number' && Number.isInteger(minutes) ? minutes : 0;
  if (lasts < 1 || lasts > LONGEST_WEEKLY_MINUTES)
    problems.push(`weekly.minutes must be 1 to ${LONGEST_WEEKLY_MINUTES}`);
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone))
    problems.push('weekly.time_zone must be a name as Europe/Berlin');
  return { days: known, from: String(from), minutes: lasts, timeZone: String(timeZone) };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
