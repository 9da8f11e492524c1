/** Numbers and times as words. Every function answers null for a value that is missing: the page shows it as such. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What stands where a value is missing. */
export const NOTHING = '–';

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** `1234567` is "1,234,567". */
export const formatCount = (value: unknown): string | null =>
  isNumber(value) ? grouped.format(value) : null;

/** For narrow places: whole up to 9,999, then "12.3k". */
export const formatCompact = (value: unknown): string | null =>
  isNumber(value) && Math.abs(value) >= 10_000 ? compact.format(value) : formatCount(value);

/** Events a second: one decimal below ten, so that a slow fleet does not read as a dead one. */
export function formatRate(value: unknown): string | null {
  if (!isNumber(value)) return null;
  return Math.abs(value) < 10 ? oneDecimal.format(value) : grouped.format(value);
}

/** `12.5` is "12.5 %". @param value per cent, not a ratio */
export const formatPercent = (value: unknown): string | null =>
  isNumber(value) ? `${oneDecimal.format(value)} %` : null;

/** The part of a whole in per cent; never "100 %" or "0 %" for what is only nearly so. */
export function formatShare(part: unknown, whole: unknown): string | null {
  if (!isNumber(part) || !isNumber(whole) || whole <= 0) return null;
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return '< 0.1 %';
  if (part < whole && percent > 99.9) return '> 99.9 %';
  return formatPercent(percent);
}

/** A length of time in its two largest units, in one from ten of it on ("9 min 5 s", "12 min"). @param seconds at least 0 */
export function formatDuration(seconds: unknown): string | null {
  if (!isNumber(seconds)) return null;
  const length = Math.max(0, seconds);
  if (length < 1) return `${oneDecimal.format(length)} s`;
  if (length < MINUTE) return `${Math.floor(length)} s`;
  const [large, largeUnit, small, smallUnit] =
    length < HOUR
      ? ([MINUTE, 'min', 1, 's'] as const)
      : length < DAY
        ? ([HOUR, 'h', MINUTE, 'min'] as const)
        : ([DAY, 'd', HOUR, 'h'] as const);
  const rest = Math.floor((length % large) / small);
  const head = `${grouped.format(Math.floor(length / large))} ${largeUnit}`;
  return rest === 0 || length >= 10 * large ? head : `${head} ${rest} ${smallUnit}`;
}

/** @param seconds since it happened */
export function formatAgo(seconds: unknown): string | null {
  if (!isNumber(seconds)) return null;
  return seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
}

/** A change with its sign: "+3", "−12", "±0". */
export function formatChange(value: unknown): string | null {
  if (!isNumber(value)) return null;
  if (value === 0) return '±0';
  return `${value > 0 ? '+' : '\u2212'}${formatCompact(Math.abs(value))}`;
}

/** Epoch milliseconds, null when it is no time. @param text RFC 3339 */
export function parseTime(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The time of day where the reader is: "03:07:09". @param atMs epoch ms */
export function formatClock(atMs: number | null): string | null {
  if (atMs === null || Number.isNaN(atMs)) return null;
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Day and time where the reader is: "2026-11-22 03:07:09". @param atMs epoch ms */
export function formatDateTime(atMs: number | null): string | null {
  if (atMs === null || Number.isNaN(atMs)) return null;
  const at = new Date(atMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${formatClock(atMs)}`;
}
