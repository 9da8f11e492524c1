import { ARRAY_EVENTS, NESTING_LEVELS } from './body-limits.js';
import { parseJsonText } from './json-text.js';
import { TOO_DEEP, spansOfArray, type ElementSpan } from './nesting.js';
import { isRefusal, refuse, type Refusal } from './refusal.js';

/** The elements of a JSON array. */
export interface ArrayElements {
  /** Each as it stood in the body, without blanks around it. */
  texts: string[];
  /** Their values; `TOO_DEEP` itself for one that nests too deep, of which nothing is built. */
  values: unknown[];
}

export const TOO_MANY = refuse('too_many_events', `At most ${ARRAY_EVENTS} events a body.`);

/** Takes the JSON array apart that `text` holds. */
export function readElements(text: string): ArrayElements | Refusal {
  const texts = cutFlatObjects(text);
  if (texts === undefined) return readAnyElements(text);
  const parsed = parseJsonText(text);
  if (isRefusal(parsed)) return parsed;
  const values = parsed.value as unknown[];
  // A brace in a string made pieces of an element.
  return values.length === texts.length ? { texts, values } : readAnyElements(text);
}

const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;

/**
 * Cuts an array of flat objects, which is what devices send, at its braces, without a look at every character.
 * Undefined for more than may be, and where anything but blanks and a comma stands between a closing brace and the
 * next opening one: so nothing that is cut nests. Every closing brace of the text ends a piece, one in a string as
 * well; the cuts are right if there are as many pieces as elements.
 */
function cutFlatObjects(text: string): string[] | undefined {
  const open = afterBlanks(text, 0);
  if (text.charCodeAt(open) !== OPEN_BRACKET || text.includes('[', open + 1)) return undefined;
  const pieces: string[] = [];
  for (let start = afterBlanks(text, open + 1); pieces.length < ARRAY_EVENTS;) {
    if (text.charCodeAt(start) !== OPEN_BRACE) return undefined;
    const end = text.indexOf('}', start) + 1;
    const nextOpen = text.indexOf('{', start + 1);
    if (end === 0 || (nextOpen !== -1 && nextOpen < end)) return undefined;
    pieces.push(text.slice(start, end));
    const after = afterBlanks(text, end);
    if (text.charCodeAt(after) === CLOSE_BRACKET) {
      return afterBlanks(text, after + 1) === text.length ? pieces : undefined;
    }
    if (text.charCodeAt(after) !== COMMA) return undefined;
    start = afterBlanks(text, after + 1);
  }
  return undefined;
}

/** Where the white space of JSON that begins at `start` ends. */
function afterBlanks(text: string, start: number): number {
  for (let at = start; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return at;
  }
}

function readAnyElements(text: string): ArrayElements | Refusal {
  const spans = spansOfArray(text, NESTING_LEVELS, ARRAY_EVENTS);
  if (spans.length > ARRAY_EVENTS) return TOO_MANY;
  const parsed = parseJsonText(withoutDeepElements(text, spans));
  if (isRefusal(parsed)) return parsed;
  const values = parsed.value as unknown[];
  return {
    texts: spans.map(({ start, end }) => text.slice(start, end)),
    values: values.map((value, index) => (spans[index]!.tooDeep ? TOO_DEEP : value)),
  };
}

/** The array's text with null in place of its too deep elements. */
function withoutDeepElements(text: string, spans: readonly ElementSpan[]): string {
  let kept = '';
  let copied = 0;
  for (const { start, end, tooDeep } of spans) {
    if (!tooDeep) continue;
    kept += `${text.slice(copied, start)}null`;
    copied = end;
  }
  return copied === 0 ? text : kept + text.slice(copied);
}
