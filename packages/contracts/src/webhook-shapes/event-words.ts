import type { AcsOccurrence } from '@cpemon/domain';
import { eventCodeOf } from '../event-codes.js';
import { readEventText } from './occurrence.js';
import { isObject, toldValueOf } from './read-parameter-shapes.js';

/** What happened, as far as the words of one event say. */
export interface EventWords {
  codes: string[];
  /** Of each code, '' for none. */
  commandKeys: string[];
  occurrence?: AcsOccurrence;
}

/** As many as an Inform may have (TR-069 Amendment 6, A.3.3.1). */
const EVENT_CODES = 64;

/** Longest code, and longest key (TR-069 allows it 32). */
const LONGEST_TEXT = 64;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;
const cleaned = (text: string): string => text.trim().slice(0, LONGEST_TEXT).replace(UNPRINTABLE, ' ');

export function addEventCode(words: EventWords, text: string, key = ''): void {
  const code = eventCodeOf(text) ?? cleaned(text);
  if (code === '' || words.codes.length >= EVENT_CODES) return;
  const commandKey = cleaned(key);
  if (words.codes.some((known, at) => known === code && words.commandKeys[at] === commandKey)) return;
  words.codes.push(code);
  words.commandKeys.push(commandKey);
}

/** `"2 PERIODIC,4 VALUE CHANGE"`; or a word for what happened, which is none of the codes. */
export function addEventText(words: EventWords, text: string): void {
  const read = readEventText(text);
  if ('occurrence' in read) words.occurrence ??= read.occurrence;
  else for (const part of read.codes) addEventCode(words, part);
}

/**
 * Event codes in any of their forms: text, a number, `[…]` of these, `{EventCode, CommandKey}`, and
 * `{"boot": true, "periodic": false}`. @returns false when it has none of these forms
 */
export function addEventCodes(words: EventWords, told: unknown): boolean {
  if (typeof told === 'string') {
    for (const part of told.split(',')) addEventCode(words, part);
    return true;
  }
  if (typeof told === 'number') {
    addEventCode(words, String(told));
    return true;
  }
  if (Array.isArray(told)) return (told as unknown[]).filter((item) => addEventCodes(words, item)).length > 0;
  if (!isObject(told)) return false;
  const code = told['EventCode'] ?? told['eventCode'] ?? told['event_code'] ?? told['code'];
  if (typeof code === 'string' || typeof code === 'number') {
    const key = told['CommandKey'] ?? told['commandKey'] ?? told['command_key'];
    addEventCode(words, String(code), typeof key === 'string' ? key : '');
    return true;
  }
  if (addEventsOfDocument(words, told)) return true;
  const named = Object.entries(told);
  if (named.length === 0 || !named.every(([, value]) => typeof value === 'boolean')) return false;
  for (const [name, value] of named) if (value === true) addEventCode(words, name);
  return true;
}

/**
 * "Events" in a document of GenieACS: when each event was last seen, `Inform` among them. Those of the last Inform
 * have its time.
 */
function addEventsOfDocument(words: EventWords, events: Record<string, unknown>): boolean {
  const timeOf = (node: unknown): unknown => (isObject(node) ? toldValueOf(node)?.value : undefined);
  const lastInform = timeOf(events['Inform']);
  if (lastInform === undefined) return false;
  words.occurrence ??= 'inform';
  for (const [name, node] of Object.entries(events)) {
    const code = eventCodeOf(name);
    if (code !== undefined && timeOf(node) === lastInform) addEventCode(words, code);
  }
  return true;
}
