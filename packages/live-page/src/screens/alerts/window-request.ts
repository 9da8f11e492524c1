export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What somebody fills in. Times are those of `datetime-local`, by the reader's clock. */
export interface WrittenWindow {
  isWeekly: boolean;
  startsAt: string;
  endsAt: string;
  days: readonly Weekday[];
  from: string;
  minutes: number;
  timeZone: string;
}

/** Part of a request of `POST /v1/maintenance-windows`. */
export interface WindowTimes {
  starts_at?: string;
  ends_at?: string;
  weekly?: { days: Weekday[]; from: string; minutes: number; time_zone: string };
}

const LONGEST_WEEKLY_MINUTES = 1440;

/** When a window is, as the API takes it; or what is missing. */
export function windowTimes(
  written: WrittenWindow,
): { times: WindowTimes; problem?: never } | { problem: string } {
  const { isWeekly, startsAt, endsAt, days, from, minutes, timeZone } = written;
  if (isWeekly) {
    if (days.length === 0) return { problem: 'Choose a day at least.' };
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(from))
      return { problem: 'It begins at a time of day, such as 02:00.' };
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_WEEKLY_MINUTES)
      return { problem: `It lasts 1 to ${LONGEST_WEEKLY_MINUTES} minutes.` };
    const inOrder = WEEKDAYS.filter((day) => days.includes(day));
    return { times: { weekly: { days: inOrder, from, minutes, time_zone: timeZone } } };
  }
  const [begins, ends] = [new Date(startsAt).getTime(), new Date(endsAt).getTime()];
  if (Number.isNaN(ends)) return { problem: 'Say when it ends.' };
  if (startsAt !== '' && !(ends > begins)) return { problem: 'It has to end after it begins.' };
  const begin = startsAt === '' ? {} : { starts_at: new Date(begins).toISOString() };
  return { times: { ...begin, ends_at: new Date(ends).toISOString() } };
}
