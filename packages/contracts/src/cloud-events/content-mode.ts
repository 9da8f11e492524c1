import type { IncomingHttpHeaders } from 'node:http';
import { refuse, type Refusal } from '../refusal.js';
import type { ContentMode } from './cloud-event-body.js';
import { hasAttributeHeaders } from './header-attributes.js';

const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json$/;
const UTF8 = /^utf-?8$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)"?/i;

const COMPRESSED = refuse('unsupported_encoding', 'Compressed bodies are not taken here.');
const OTHER_TYPE = refuse(
  'unsupported_media_type',
  'The body must be application/cloudevents+json, application/cloudevents-batch+json, or JSON with ce- headers.',
);
const NOT_UTF8 = refuse('unsupported_charset', 'JSON is UTF-8.');

/** How the events of a body lie in it, by its headers (HTTP binding 1.0.2, section 3). */
export function contentModeOf(headers: IncomingHttpHeaders): ContentMode | Refusal {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity') return COMPRESSED;
  const header = headers['content-type'] ?? 'application/json';
  const charset = CHARSET.exec(header)?.[1];
  if (charset !== undefined && !UTF8.test(charset)) return NOT_UTF8;
  const type = header.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/cloudevents+json') return 'structured';
  if (type === 'application/cloudevents-batch+json') return 'batch';
  // Another format of CloudEvents (avro, protobuf, XML).
  if (type.startsWith('application/cloudevents')) return OTHER_TYPE;
  if (hasAttributeHeaders(headers)) return 'binary';
  return JSON_TYPE.test(type) ? 'json' : OTHER_TYPE;
}
