import { isRefusal, type Refusal } from '@cpemon/contracts';
import { ownCopy } from './own-copy.js';
import { resolveReferences } from './references.js';
import { NO_CHILDREN, readStartTag, skipSpace, type XmlCursor } from './start-tag.js';
import type { XmlElement } from './xml-element.js';
import { XML_DECLARATION_CHARACTERS, XML_DEPTH, XML_ELEMENTS, XML_TEXT_CHARACTERS } from './xml-limits.js';
import {
  EMPTY_BODY,
  FORBIDDEN_DECLARATION,
  FORBIDDEN_INSTRUCTION,
  TEXT_TOO_LONG,
  TOO_DEEP,
  TOO_MANY_ELEMENTS,
  notWellFormed,
} from './xml-refusals.js';

const EXCLAMATION_MARK = 33;
const SLASH = 47;
const GREATER_THAN = 62;
const QUESTION_MARK = 63;

/**
 * The root element of a document, or why it is none. One pass from tag to tag, in time proportional to the text.
 *
 * Stricter than XML: no document type, so no entities, and no processing instruction but the declaration; bounds of
 * `xml-limits.ts`. Laxer where it harms nobody: space, NUL and byte order marks around the document, a bare "&", "<" in
 * attributes, text beside elements (it is dropped), attributes given twice.
 */
export function parseXml(text: string): XmlElement | Refusal {
  const cursor: XmlCursor = { text, at: 0, selfClosing: false };
  /** The elements around `current`, outermost first. */
  const around: XmlElement[] = [];
  let root: XmlElement | undefined;
  let current: XmlElement | undefined;
  let elements = 0;
  /** Text of `current` in front of its last comment or CDATA section. */
  let earlierText = '';
  let at = endOfDeclaration(text);
  if (at === -1) return FORBIDDEN_INSTRUCTION;

  for (;;) {
    const tagAt = text.indexOf('<', at);
    if (current === undefined) {
      if (!isBlank(text, at, tagAt === -1 ? text.length : tagAt)) {
        return notWellFormed('text outside the root element', at);
      }
      if (tagAt === -1) return root ?? EMPTY_BODY;
    } else if (tagAt === -1) {
      return notWellFormed('an element that is not closed', text.length);
    }

    switch (text.charCodeAt(tagAt + 1)) {
      case SLASH: {
        const end = current === undefined ? -1 : endOfEndTag(text, tagAt + 2, current.name);
        if (current === undefined || end === -1) return notWellFormed('an end tag without its start', tagAt);
        if (current.children === NO_CHILDREN) {
          const complete = completeText(earlierText, text, at, tagAt);
          if (typeof complete !== 'string') return complete;
          current.text = ownCopy(complete);
        }
        earlierText = '';
        current = around.pop();
        at = end;
        break;
      }
      case EXCLAMATION_MARK: {
        const section = text.startsWith('<!--', tagAt)
          ? COMMENT
          : text.startsWith('<![CDATA[', tagAt)
            ? CDATA
            : undefined;
        if (section === undefined) return FORBIDDEN_DECLARATION;
        const end = text.indexOf(section.end, tagAt + section.start.length);
        if (end === -1) return notWellFormed(section.unfinished, tagAt);
        if (section === CDATA && current === undefined) {
          return notWellFormed('text outside the root element', tagAt);
        }
        const complete = completeText(earlierText, text, at, tagAt);
        if (typeof complete !== 'string') return complete;
        earlierText = section === CDATA ? complete + text.slice(tagAt + section.start.length, end) : complete;
        at = end + section.end.length;
        break;
      }
      case QUESTION_MARK:
        return FORBIDDEN_INSTRUCTION;
      default: {
        if (current === undefined && root !== undefined) return notWellFormed('a second root element', tagAt);
        if (around.length + 1 >= XML_DEPTH && current !== undefined) return TOO_DEEP;
        elements += 1;
        if (elements > XML_ELEMENTS) return TOO_MANY_ELEMENTS;
        cursor.at = tagAt + 1;
        const element: XmlElement | Refusal = readStartTag(cursor, current?.scope);
        if (isRefusal(element)) return element;
        at = cursor.at;
        root ??= element;
        if (current !== undefined) {
          if (current.children === NO_CHILDREN) current.children = [element];
          else (current.children as XmlElement[]).push(element);
        }
        earlierText = '';
        if (cursor.selfClosing) break;
        if (current !== undefined) around.push(current);
        current = element;
      }
    }
  }
}

const COMMENT = { start: '<!--', end: '-->', unfinished: 'a comment that does not end' };
const CDATA = { start: '<![CDATA[', end: ']]>', unfinished: 'a CDATA section that does not end' };

/** What was kept of a text, and the rest of it resolved. */
function completeText(earlier: string, text: string, from: number, to: number): string | Refusal {
  if (earlier.length + to - from > XML_TEXT_CHARACTERS) return TEXT_TOO_LONG;
  const rest = resolveReferences(text.slice(from, to));
  return earlier === '' || typeof rest !== 'string' ? rest : earlier + rest;
}

/** The index behind `name>`, with or without space in between; -1 where something else stands. */
function endOfEndTag(text: string, at: number, name: string): number {
  if (!text.startsWith(name, at)) return -1;
  const behind = skipSpace(text, at + name.length);
  return text.charCodeAt(behind) === GREATER_THAN ? behind + 1 : -1;
}

// Not a \s: some devices end a body with the NUL of their string.
const NOT_BLANK = /[^\0-\x20\ufeff]/;
const XML_DECLARATION = /[\0-\x20\ufeff]*<\?xml(?=[\s?])/y;

function isBlank(text: string, from: number, to: number): boolean {
  return from === to || !NOT_BLANK.test(text.slice(from, to));
}

/** The index behind the XML declaration, 0 where there is none, -1 where it does not end. */
function endOfDeclaration(text: string): number {
  XML_DECLARATION.lastIndex = 0;
  if (!XML_DECLARATION.test(text)) return 0;
  const from = XML_DECLARATION.lastIndex;
  const end = text.slice(from, from + XML_DECLARATION_CHARACTERS).indexOf('?>');
  return end === -1 ? -1 : from + end + 2;
}
