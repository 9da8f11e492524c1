import type { AcsOccurrence } from '@cpemon/domain';
import { eventCodeOf } from '../event-codes.js';

/** Without a number, which would make it the code of an Inform: what the ACS did. */
const CONNECTION_REQUEST = /^\D*connection[^a-z]*request/;
const WORDS: readonly [RegExp, AcsOccurrence][] = [
  [/fault|fail|error/, 'fault'],
  [/provision/, 'provision'],
  [/inform(?!ation)|bootstrap|periodic/, 'inform'],
  [/parameter|values/, 'values'],
];
/** No word for a kind of event is longer. */
const LONGEST_WORD = 128;

/**
 * What an ACS reports, by its word for it ("device.fault", "ConnectionRequest", "provisioned"); undefined for a word
 * that says none of it. An event code is an Inform.
 */
export function occurrenceOf(word: string): AcsOccurrence | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const lower = word.toLowerCase();
  if (CONNECTION_REQUEST.test(lower)) return 'connection_request';
  if (eventCodeOf(word) !== undefined) return 'inform';
  return WORDS.find(([pattern]) => pattern.test(lower))?.[1];
}

/** What a text under "event" says: a word for what happened, else the parts that are codes of an Inform. */
export function readEventText(text: string): { occurrence: AcsOccurrence } | { codes: string[] } {
  const parts = text.split(',');
  const occurrence = occurrenceOf(text);
  const hasCode =
    occurrence !== 'connection_request' && parts.some((part) => eventCodeOf(part) !== undefined);
  return occurrence === undefined || hasCode ? { codes: parts } : { occurrence };
}
