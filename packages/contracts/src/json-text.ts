import { isUtf8 } from 'node:buffer';
import { refuse, type Refusal } from './refusal.js';

const INVALID_UTF8 = refuse('invalid_utf8', 'The body is not UTF-8.');
const INVALID_JSON = refuse('invalid_json', 'The body is not valid JSON.');
const EMPTY_BODY = refuse('invalid_json', 'The body is empty.');

/** The text of a JSON body without its byte order mark, or a refusal when it has none. */
export function decodeJsonText(body: Buffer): string | Refusal {
  if (!isUtf8(body)) return INVALID_UTF8;
  const marked = body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const text = body.toString('utf8', marked ? 3 : 0);
  return text.trim() === '' ? EMPTY_BODY : text;
}

/** The value of a JSON text, wrapped so that it cannot be taken for a refusal. */
export function parseJsonText(text: string): { value: unknown } | Refusal {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const quoted = quoteBareNumbers(text);
    if (quoted === undefined) return INVALID_JSON;
    try {
      return { value: JSON.parse(quoted) };
    } catch {
      return INVALID_JSON;
    }
  }
}

const BARE_NUMBER = /-?(?:NaN|Infinity)/y;
const QUOTE = 34;
const HYPHEN = 45;
const LETTER_I = 73;
const LETTER_N = 78;
const BACKSLASH = 92;

/**
 * The text with the bare words NaN, Infinity and -Infinity put in quotes: Python and others write them, JSON has no
 * such numbers, and a bad value is to lose only itself. Undefined when there is none.
 */
function quoteBareNumbers(text: string): string | undefined {
  if (!text.includes('NaN') && !text.includes('Infinity')) return undefined;
  let quoted = '';
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (unit !== LETTER_N && unit !== LETTER_I && unit !== HYPHEN) continue;
    BARE_NUMBER.lastIndex = at;
    const match = BARE_NUMBER.exec(text)?.[0];
    if (match === undefined) continue;
    quoted += `${text.slice(copied, at)}"${match}"`;
    at += match.length - 1;
    copied = at + 1;
  }
  return copied === 0 ? undefined : quoted + text.slice(copied);
}

/** Index of the quote that ends the string which begins at `start`; of the text's end when nothing does. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === QUOTE) return at;
  }
  return at;
}
