/** Where a page of a list ends, as `next_cursor`: opaque to those who send it back. */
export const writeCursor = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/**
 * @param shape an example of each part
 * @returns null when the text is no cursor of that shape
 */
export function readCursor<Parts extends readonly (string | number)[]>(
  text: string,
  shape: Parts,
): { -readonly [Part in keyof Parts]: Parts[Part] extends number ? number : string } | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== shape.length) return null;
  const fits = parts.every(
    (part, at) =>
      typeof part === typeof shape[at] && (typeof part !== 'number' || Number.isSafeInteger(part)),
  );
  return fits ? (parts as never) : null;
}
