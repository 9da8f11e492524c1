import { refuse, type Refusal } from '@cpemon/contracts';

const FORBIDDEN_ENTITY = refuse('forbidden_xml', 'Entities other than the five of XML are not taken.');

/** What follows the "&", and what it stands for; the most frequent first. */
const PREDEFINED: readonly (readonly [name: string, character: string])[] = [
  ['amp;', '&'],
  ['lt;', '<'],
  ['gt;', '>'],
  ['quot;', '"'],
  ['apos;', "'"],
];
const NUMBER_SIGN = 35;
const SEMICOLON = 59;
const LETTER_X = 120;
/** Set in a letter's code, it is the lower-case letter's. */
const LOWER_CASE = 32;
/** Seven say any character; some are padded. */
const MOST_DIGITS = 8;
// It looks at a bounded number of characters, as everything here does: a text takes one pass whatever is in it.
const NAME = /[A-Za-z_][\w.-]{0,63};/y;

/**
 * A text with its references resolved, once: what they stand for is not looked at again. An "&" that begins none stays,
 * as devices send URLs unescaped.
 */
export function resolveReferences(text: string): string | Refusal {
  let at = text.indexOf('&');
  if (at === -1) return text;
  let resolved = '';
  let copied = 0;
  for (; at !== -1; at = text.indexOf('&', at + 1)) {
    const named = PREDEFINED.find(([name]) => text.startsWith(name, at + 1));
    let character: string;
    let end: number;
    if (named !== undefined) {
      character = named[1];
      end = at + 1 + named[0].length;
    } else if (text.charCodeAt(at + 1) === NUMBER_SIGN) {
      const isHex = (text.charCodeAt(at + 2) | LOWER_CASE) === LETTER_X;
      const from = at + (isHex ? 3 : 2);
      const digitsEnd = endOfDigits(text, from, isHex);
      if (digitsEnd === from || text.charCodeAt(digitsEnd) !== SEMICOLON) continue;
      character = characterOf(parseInt(text.slice(from, digitsEnd), isHex ? 16 : 10));
      end = digitsEnd + 1;
    } else {
      NAME.lastIndex = at + 1;
      if (NAME.test(text)) return FORBIDDEN_ENTITY;
      continue;
    }
    resolved += text.slice(copied, at) + character;
    copied = end;
    at = end - 1;
  }
  return resolved + text.slice(copied);
}

function endOfDigits(text: string, from: number, isHex: boolean): number {
  let at = from;
  for (; at < from + MOST_DIGITS; at += 1) {
    const unit = text.charCodeAt(at);
    const letter = unit | LOWER_CASE;
    const isDigit = (unit >= 48 && unit <= 57) || (isHex && letter >= 97 && letter <= 102);
    if (!isDigit) break;
  }
  return at;
}

const REPLACEMENT = '\ufffd';

/** U+FFFD for what XML does not allow (XML 1.0, 2.2): it harms this value and not the report. */
function characterOf(codePoint: number): string {
  if (codePoint < 0x20)
    return codePoint === 9 || codePoint === 10 || codePoint === 13
      ? String.fromCharCode(codePoint)
      : REPLACEMENT;
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return REPLACEMENT;
  return codePoint === 0xfffe || codePoint === 0xffff ? REPLACEMENT : String.fromCodePoint(codePoint);
}
