import { databaseSecond } from '../data/live.js';
import { formatAgo, formatDateTime, formatDuration, NOTHING, parseTime } from '../words/format.js';

/**
 * How long ago something was, by the database's clock; it goes on while it is looked at.
 * @param at RFC 3339; null shows that it is missing
 * @param plain the length alone, without "ago"
 */
export function Age({ at, plain = false }: { at: string | null | undefined; plain?: boolean }) {
  const atMs = parseTime(at);
  if (atMs === null) return <span class="missing">{NOTHING}</span>;
  const seconds = Math.max(0, databaseSecond.value - Math.floor(atMs / 1000));
  return (
    <time dateTime={at ?? ''} title={formatDateTime(atMs) ?? ''}>
      {plain ? formatDuration(seconds) : formatAgo(seconds)}
    </time>
  );
}
