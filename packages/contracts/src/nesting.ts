import { NESTING_LEVELS } from './body-limits.js';
import { endOfString } from './json-text.js';
import { refuse } from './refusal.js';

export const TOO_DEEP = refuse(
  'too_deep',
  `More than ${NESTING_LEVELS} objects or arrays inside each other.`,
);

const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Whether objects and arrays of a JSON text lie deeper inside each other than `levels`. Looks at the text only, so
 * that nothing is built of a body which is refused.
 */
export function isDeeperThan(text: string, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth += 1;
      if (depth > levels) return true;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth -= 1;
  }
  return false;
}

/** Where an element of an array stands in the text, from `start` up to `end`. */
export interface ElementSpan {
  start: number;
  end: number;
  /** Its own nesting, without the array around it, passes the limit. */
  tooDeep: boolean;
}

/**
 * The elements of the JSON array that `text` holds, without building any. Right for valid JSON; for other text it
 * gives some spans or none, and the parser finds the error; an element without an end reaches to that of the text.
 * @param most stop after this many plus one
 */
export function spansOfArray(text: string, levels: number, most: number): ElementSpan[] {
  const spans: ElementSpan[] = [];
  let depth = 0;
  let start = -1;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x20) continue;
    const closes = unit === CLOSE_BRACKET || unit === CLOSE_BRACE;
    if (depth === 1 && (unit === COMMA || closes)) {
      if (start >= 0)
        spans.push({ start, end: endOfElement(text, start, at), tooDeep: deepest > levels + 1 });
      start = -1;
      deepest = 0;
      if (closes || spans.length > most) break;
      continue;
    }
    if (depth === 1 && start < 0) start = at;
    if (unit === QUOTE) at = endOfString(text, at);
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (closes) depth -= 1;
  }
  if (start >= 0) spans.push({ start, end: text.length, tooDeep: deepest > levels + 1 });
  return spans;
}

function endOfElement(text: string, start: number, limit: number): number {
  let end = limit;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return end;
}
