import type { IncomingHttpHeaders } from 'node:http';
import { refuse, type Refusal } from '@cpemon/contracts';

export type MediaType = 'json' | 'ndjson' | 'xml';

const NAMES: Record<string, MediaType> = {
  'application/json': 'json',
  'text/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'text/xml': 'xml',
  'application/xml': 'xml',
};
const STRUCTURED = /^application\/[\w.-]+\+(json|xml)$/;
const UTF8 = /;\s*charset\s*=\s*"?utf-?8"?/i;

const COMPRESSED = refuse('unsupported_encoding', 'Compressed bodies are not taken here.');
const NOT_UTF8 = refuse('unsupported_media_type', 'JSON is UTF-8.');

/**
 * What a body is, by its headers. Small devices send no type at all: that is JSON.
 * @param compressed what is done with a body that says it is: refused here, or left to `decodeBody`
 */
export function mediaTypeOf(
  headers: IncomingHttpHeaders,
  taken: readonly MediaType[],
  compressed: 'refused' | 'decoded' = 'refused',
): MediaType | Refusal {
  if (compressed === 'refused' && saysCompressed(headers)) return COMPRESSED;
  const header = headers['content-type'];
  if (header === undefined || header === '' || header === 'application/json') return 'json';
  const name = header.split(';', 1)[0]!.trim().toLowerCase();
  const type = NAMES[name] ?? (STRUCTURED.exec(name)?.[1] as 'json' | 'xml' | undefined);
  if (type === undefined || !taken.includes(type)) {
    return refuse(
      'unsupported_media_type',
      `The body must be ${taken.map((each) => WORDS[each]).join(' or ')}.`,
    );
  }
  // XML says it in its own first line too; its reader judges both.
  if (type === 'xml') return type;
  return header.toLowerCase().includes('charset') && !UTF8.test(header) ? NOT_UTF8 : type;
}

export function saysCompressed({ 'content-encoding': encoding }: IncomingHttpHeaders): boolean {
  return encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity';
}

const WORDS: Record<MediaType, string> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  xml: 'text/xml',
};
