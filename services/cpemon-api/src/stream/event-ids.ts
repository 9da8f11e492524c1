import type { FeedPositions } from '@cpemon/store';

/** Longer than the positions of a thousand lanes. */
const LONGEST_ID = 16_000;
const SHAPE = /^[0-9a-z]{1,4}\.[0-9a-z]{1,11}(-[0-9a-z]{1,4}\.[0-9a-z]{1,11})*$/;

/** Positions of the feed as the id of an event, which a browser sends back when it connects again: `lane.position-…`. */
export const writeEventId = (positions: FeedPositions): string =>
  [...positions]
    .sort(([one], [other]) => one - other)
    .map(([lane, position]) => `${lane.toString(36)}.${position.toString(36)}`)
    .join('-');

/** Null when it is no id of ours. An empty feed has the id `0.0`. */
export function readEventId(text: string): Map<number, number> | null {
  if (text.length > LONGEST_ID || !SHAPE.test(text)) return null;
  const positions = new Map<number, number>();
  for (const part of text.split('-')) {
    const [lane = '', position = ''] = part.split('.');
    positions.set(Number.parseInt(lane, 36), Number.parseInt(position, 36));
  }
  const fits = [...positions.values()].every((position) => Number.isSafeInteger(position));
  return fits ? positions : null;
}
