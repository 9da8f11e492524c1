import { refuse, type Refusal } from '@cpemon/contracts';
import {
  XML_ATTRIBUTES,
  XML_ATTRIBUTE_CHARACTERS,
  XML_DEPTH,
  XML_ELEMENTS,
  XML_NAME_CHARACTERS,
  XML_TEXT_CHARACTERS,
} from './xml-limits.js';

/** Not well-formed. @param at index of the character at which it shows */
export const notWellFormed = (what: string, at: number): Refusal =>
  refuse('invalid_xml', `The body is not well-formed XML: ${what} at character ${at}.`);

export const EMPTY_BODY = refuse('invalid_xml', 'The body is empty.');
export const FORBIDDEN_DECLARATION = refuse(
  'forbidden_xml',
  'Document types and other declarations are not taken.',
);
export const FORBIDDEN_INSTRUCTION = refuse('forbidden_xml', 'Processing instructions are not taken.');
export const TOO_DEEP = refuse('too_deep', `Elements are nested more than ${XML_DEPTH} deep.`);
export const TOO_MANY_ELEMENTS = refuse('event_too_large', `There are more than ${XML_ELEMENTS} elements.`);
export const TOO_MANY_ATTRIBUTES = refuse(
  'event_too_large',
  `An element has more than ${XML_ATTRIBUTES} attributes.`,
);
export const ATTRIBUTE_TOO_LONG = refuse(
  'event_too_large',
  `An attribute has more than ${XML_ATTRIBUTE_CHARACTERS} characters.`,
);
export const NAME_TOO_LONG = refuse(
  'event_too_large',
  `A name has more than ${XML_NAME_CHARACTERS} characters.`,
);
export const TEXT_TOO_LONG = refuse(
  'event_too_large',
  `A text has more than ${XML_TEXT_CHARACTERS} characters.`,
);
