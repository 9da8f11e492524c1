import type { Refusal } from '@cpemon/contracts';
import type { NamespaceScope, XmlElement } from './xml-element.js';
import { XML_ATTRIBUTES, XML_ATTRIBUTE_CHARACTERS, XML_NAME_CHARACTERS } from './xml-limits.js';
import { ATTRIBUTE_TOO_LONG, NAME_TOO_LONG, TOO_MANY_ATTRIBUTES, notWellFormed } from './xml-refusals.js';

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const SLASH = 47;
const COLON = 58;
const EQUALS = 61;
const GREATER_THAN = 62;

/** Where a reader is in a text. */
export interface XmlCursor {
  readonly text: string;
  /** Index of the next character. */
  at: number;
  /** Whether the tag that was read last has no content: `<Name/>`. */
  selfClosing: boolean;
}

/** What elements without children share, so that only those with some have an array. */
export const NO_CHILDREN: readonly XmlElement[] = [];

/**
 * Reads a start tag, from behind its "<" to behind its ">".
 * @param outer the namespaces declared around it
 */
export function readStartTag(cursor: XmlCursor, outer: NamespaceScope | undefined): XmlElement | Refusal {
  const { text } = cursor;
  const from = cursor.at;
  let at = endOfName(text, from);
  if (at === from) return notWellFormed('no name of an element', from);
  if (at - from > XML_NAME_CHARACTERS) return NAME_TOO_LONG;
  const name = text.slice(from, at);
  const colon = name.indexOf(':');
  const element: XmlElement = {
    name,
    localName: colon === -1 ? name : name.slice(colon + 1),
    scope: outer,
    type: undefined,
    text: '',
    children: NO_CHILDREN,
  };
  for (let attributes = 0; ; attributes += 1) {
    at = skipSpace(text, at);
    const next = text.charCodeAt(at);
    if (next === GREATER_THAN || (next === SLASH && text.charCodeAt(at + 1) === GREATER_THAN)) {
      cursor.selfClosing = next === SLASH;
      cursor.at = at + (next === SLASH ? 2 : 1);
      return element;
    }
    if (attributes === XML_ATTRIBUTES) return TOO_MANY_ATTRIBUTES;

    const nameFrom = at;
    const nameTo = endOfName(text, at);
    if (nameTo === nameFrom) return notWellFormed('an unfinished tag', at);
    if (nameTo - nameFrom > XML_NAME_CHARACTERS) return NAME_TOO_LONG;
    at = skipSpace(text, nameTo);
    if (text.charCodeAt(at) !== EQUALS) return notWellFormed('an attribute without a value', at);
    at = skipSpace(text, at + 1);
    const quote = text.charCodeAt(at);
    if (quote !== DOUBLE_QUOTE && quote !== SINGLE_QUOTE) {
      return notWellFormed('an attribute without quotes', at);
    }
    const valueTo = text.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", at + 1);
    if (valueTo === -1) return notWellFormed('an attribute that does not end', at);
    if (valueTo - at - 1 > XML_ATTRIBUTE_CHARACTERS) return ATTRIBUTE_TOO_LONG;
    keepAttribute(element, text, nameFrom, nameTo, at + 1, valueTo);
    at = valueTo + 1;
  }
}

/** Two kinds of attributes mean something to us: declarations of namespaces, and types. */
function keepAttribute(
  element: XmlElement,
  text: string,
  nameFrom: number,
  nameTo: number,
  valueFrom: number,
  valueTo: number,
): void {
  if (text.startsWith('xmlns', nameFrom)) {
    const prefixed = text.charCodeAt(nameFrom + 5) === COLON;
    if (!prefixed && nameTo !== nameFrom + 5) return;
    const prefix = prefixed ? text.slice(nameFrom + 6, nameTo) : '';
    element.scope = { prefix, uri: text.slice(valueFrom, valueTo).trim(), outer: element.scope };
  } else if (text.startsWith('type', nameTo - 4)) {
    const length = nameTo - nameFrom;
    if (length === 4 || (length > 4 && text.charCodeAt(nameTo - 5) === COLON)) {
      element.type = text.slice(valueFrom, valueTo);
    }
  }
}

/** The index of the first character from `at` on that is no white space. */
export function skipSpace(text: string, at: number): number {
  for (; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit !== SPACE && unit !== LINE_FEED && unit !== RETURN && unit !== TAB) return at;
  }
}

/** Of the first 128 characters: 1 for those of names, 2 for those that may begin one too (XML 1.0, 2.3). */
const NAME_CLASSES = new Uint8Array(128);
for (const character of '-.0123456789') NAME_CLASSES[character.charCodeAt(0)] = 1;
for (const character of ':_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') {
  NAME_CLASSES[character.charCodeAt(0)] = 2;
}

/** The index behind the name that begins at `at`; `at` itself where none does. Letters beyond ASCII are all taken. */
function endOfName(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (!(first >= 128 || NAME_CLASSES[first] === 2)) return at;
  for (at += 1; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (!(unit >= 128 || NAME_CLASSES[unit]! > 0)) return at;
  }
}
