import { createGramIndex } from './gram-index.js';

/** A text for each slot, in blocks of slots that are looked through at once. */
export interface TextBlocks {
  set(slot: number, text: string): void;
  textOf(slot: number): string;
  /** Says quickly which blocks may hold one of the pieces. */
  mayHold(pieces: readonly string[]): (block: number) => boolean;
  /** Slots of a block whose text holds one of the pieces, ascending. @param openOnly only what stands before the mark */
  slotsIn(block: number, pieces: readonly string[], openOnly: boolean): number[];
}

/** Slots of one block. */
export const BLOCK_SLOTS = 64;
const LINE_END = '\n';
/** What stands after it in a text is data of persons. */
export const PERSONAL_MARK = '\x1e';
/** Between two names, so that nothing is found across them. */
export const NAME_END = '\x1f';

export function createTextBlocks(): TextBlocks {
  const grams = createGramIndex();
  const texts: string[] = [];
  /** The lines of the block that was written to last. */
  let open: { block: number; lines: string[] } | null = null;

  const linesOf = (block: number): string[] => {
    if (open?.block === block) return open.lines;
    close();
    const lines = (texts[block] ?? '').split(LINE_END);
    while (lines.length < BLOCK_SLOTS) lines.push('');
    open = { block, lines };
    return lines;
  };
  // Joined texts are one piece in memory each, and looked through as such.
  const close = (): void => {
    if (open !== null) texts[open.block] = open.lines.join(LINE_END);
    open = null;
  };

  return {
    set(slot, text) {
      const block = Math.floor(slot / BLOCK_SLOTS);
      while (texts.length <= block) texts.push('');
      linesOf(block)[slot % BLOCK_SLOTS] = text;
      grams.add(block, text);
    },
    textOf: (slot) => linesOf(Math.floor(slot / BLOCK_SLOTS))[slot % BLOCK_SLOTS] ?? '',
    mayHold(pieces) {
      close();
      const masks = pieces.map((piece) => grams.blocksWith(piece));
      return (block) =>
        masks.some((mask) => mask === null || (mask[block >>> 5]! & (1 << (block & 31))) !== 0);
    },
    slotsIn(block, pieces, openOnly) {
      close();
      const text = texts[block] ?? '';
      const lines = new Set<number>();
      for (const piece of pieces) {
        let line = 0;
        let lineAt = 0;
        let at = text.indexOf(piece);
        while (at >= 0) {
          let lineEnd = text.indexOf(LINE_END, lineAt);
          while (lineEnd >= 0 && lineEnd < at) {
            line += 1;
            lineAt = lineEnd + 1;
            lineEnd = text.indexOf(LINE_END, lineAt);
          }
          if (!openOnly || !text.slice(lineAt, at).includes(PERSONAL_MARK)) lines.add(line);
          at = lineEnd < 0 ? -1 : text.indexOf(piece, lineEnd);
        }
      }
      return [...lines].sort((one, other) => one - other).map((line) => block * BLOCK_SLOTS + line);
    },
  };
}
