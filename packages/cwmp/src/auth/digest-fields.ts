/** What a `Digest` header says (RFC 7616, 3.4); of the older RFC 2069 there is no qop, nc and cnonce. */
export interface DigestFields {
  username: string;
  realm: string;
  nonce: string;
  uri: string;
  response: string;
  algorithm?: string;
  qop?: string;
  nc?: string;
  cnonce?: string;
}

/** A name and a value, in quotes with escapes or without; clients quote what they should not and the other way. */
const FIELD = /([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)/gi;
/** A header has at most 16 KiB by Node's own limit; this many fields are enough for any client. */
const MOST_FIELDS = 24;
const NEEDED = ['username', 'realm', 'nonce', 'uri', 'response'] as const;

/** @param text what follows the word `Digest`. @returns undefined when a field that is needed is missing */
export function readDigestFields(text: string): DigestFields | undefined {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  let count = 0;
  for (const [, name, quoted, plain] of text.matchAll(FIELD)) {
    if (++count > MOST_FIELDS) return undefined;
    fields[name!.toLowerCase()] ??= quoted === undefined ? plain! : quoted.replace(/\\(.)/g, '$1');
  }
  if (NEEDED.some((name) => fields[name] === undefined)) return undefined;
  return fields as unknown as DigestFields;
}
