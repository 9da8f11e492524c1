import { OperatorError } from '@cpemon/event-log';
import { readCursor, writeCursor } from './list-cursor.js';

const DEFAULT_LIMIT = 50;

/** The group that is meant when none is named: the one that keeps device state. */
export { STATE_GROUP as DEFAULT_GROUP } from '@cpemon/event-log';

/** @param text a number within bounds, checked with the query */
export const limitOf = (text: string | undefined): number =>
  text === undefined ? DEFAULT_LIMIT : Number(text);

/** @throws OperatorError `invalid_cursor` */
export function cursorOf<Parts extends readonly (string | number)[]>(text: string | undefined, shape: Parts) {
  if (text === undefined) return undefined;
  const parts = readCursor(text, shape);
  if (parts === null)
    throw new OperatorError(400, 'invalid_cursor', 'cursor is no next_cursor of this list.');
  return parts;
}

/**
 * An answer of a list.
 * @param rows up to one more than the page holds, which shows that there is another page
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => object,
  endOf: (row: Row) => readonly (string | number)[],
): { items: object[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    next_cursor: rows.length > limit && last !== undefined ? writeCursor(endOf(last)) : null,
  };
}
