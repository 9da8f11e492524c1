/** Numbers and times as words. Every function answers null for a value that is missing: the page shows it as such. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** @param {unknown} value @returns {value is number} */
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/** `1234567` is "1,234,567". @param {unknown} value @returns {string | null} */
export function formatCount(value) {
  return isNumber(value) ? grouped.format(value) : null;
}

const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/** For narrow places: whole up to 9,999, then "12.3k". @param {unknown} value @returns {string | null} */
export function formatCompact(value) {
  return isNumber(value) && value >= 10_000 ? compact.format(value) : formatCount(value);
}

/** Events a second: one decimal below ten, so that a slow fleet does not read as a dead one. @param {unknown} value */
export function formatRate(value) {
  if (!isNumber(value)) return null;
  return Math.abs(value) < 10 ? oneDecimal.format(value) : grouped.format(value);
}

/** `12.5` is "12.5 %". @param {unknown} value per cent, not a ratio @returns {string | null} */
export function formatPercent(value) {
  return isNumber(value) ? `${oneDecimal.format(value)} %` : null;
}

/** The part of a whole in per cent; never "100 %" or "0 %" for what is only nearly so. @param {unknown} part @param {unknown} whole */
export function formatShare(part, whole) {
  if (!isNumber(part) || !isNumber(whole) || whole <= 0) return null;
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return '< 0.1 %';
  if (part < whole && percent > 99.9) return '> 99.9 %';
  return formatPercent(percent);
}

/** A length of time in its two largest units, in one from ten of it on ("9 min 5 s", "12 min"). @param {unknown} seconds at least 0 @returns {string | null} */
export function formatDuration(seconds) {
  if (!isNumber(seconds)) return null;
  const length = Math.max(0, seconds);
  if (length < 1) return `${oneDecimal.format(length)} s`;
  if (length < MINUTE) return `${Math.floor(length)} s`;
  const [large, largeUnit, small, smallUnit] =
    length < HOUR
      ? [MINUTE, 'min', 1, 's']
      : length < DAY
        ? [HOUR, 'h', MINUTE, 'min']
        : [DAY, 'd', HOUR, 'h'];
  const rest = Math.floor((length % large) / small);
  const head = `${grouped.format(Math.floor(length / large))} ${largeUnit}`;
  return rest === 0 || length >= 10 * large ? head : `${head} ${rest} ${smallUnit}`;
}

/** @param {unknown} seconds since it happened @returns {string | null} */
export function formatAgo(seconds) {
  if (!isNumber(seconds)) return null;
  return seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
}

/** @param {unknown} text RFC 3339 @returns {number | null} epoch milliseconds, null when it is no time */
export function parseTime(text) {
  if (typeof text !== 'string') return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
