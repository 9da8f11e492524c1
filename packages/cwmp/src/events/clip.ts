/** TR-069 Amendment 6, A.3.3.1: names, codes and keys have at most 64 characters. */
export const LONGEST_NAME = 64;
/** A.3.3.2: a FaultString has at most 256 characters. */
export const LONGEST_TEXT = 256;

const UNPRINTABLES = /[\p{Cc}\p{Cs}]+/gu;

/** A text on one line and no longer than `characters`, without halves of characters. */
export function clip(text: string, characters: number): string {
  const line = text
    .slice(0, 4 * characters)
    .replace(UNPRINTABLES, ' ')
    .trim();
  return line.length <= characters ? line : line.slice(0, characters).replace(UNPRINTABLES, '').trimEnd();
}
