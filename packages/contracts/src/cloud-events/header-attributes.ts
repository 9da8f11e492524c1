import type { IncomingHttpHeaders } from 'node:http';

const PREFIX = 'ce-';

/** Whether headers carry the attributes of a CloudEvent (HTTP binding 1.0.2, section 3.1: binary mode). */
export const hasAttributeHeaders = (headers: IncomingHttpHeaders): boolean =>
  headers['ce-specversion'] !== undefined ||
  headers['ce-type'] !== undefined ||
  headers['ce-id'] !== undefined;

/** The attributes in headers by their names, with the media type of the body as that of the data. */
export function attributesOfHeaders(headers: IncomingHttpHeaders): Record<string, unknown> {
  const attributes: [string, unknown][] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (name.startsWith(PREFIX) && typeof value === 'string') {
      attributes.push([name.slice(PREFIX.length), decodeHeader(value)]);
    }
  }
  attributes.push(['datacontenttype', headers['content-type'] ?? 'application/json']);
  return Object.fromEntries(attributes);
}

const QUOTED = /^"((?:[^"\\]|\\.)*)"$/;
const ENCODED = /%[0-9A-Fa-f]{2}/;

/** HTTP binding 1.0.2, section 3.1.3.2: quotes are taken off, and then `%` escapes of UTF-8 are read, once. */
function decodeHeader(value: string): string {
  const quoted = QUOTED.exec(value.trim())?.[1];
  const text = quoted === undefined ? value.trim() : quoted.replace(/\\(.)/g, '$1');
  if (!ENCODED.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
