import type { TimelineItem } from './device-answer.js';

/** What tells two rows apart; the API gives them no number. */
export const keyOfItem = ({ type, at, data }: TimelineItem): string =>
  `${at} ${type} ${JSON.stringify(data)}`;

/** Rows of several pages, each once, the newest first: pages that are asked for later overlap. */
export function mergeTimeline(known: readonly TimelineItem[], more: readonly TimelineItem[]): TimelineItem[] {
  const byKey = new Map([...known, ...more].map((item) => [keyOfItem(item), item]));
  return [...byKey.values()].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}
