/**
 * Says which blocks of texts may hold a piece of text: of every four characters in a row that stand in a block, a bit.
 * A block that holds the piece is always named; one that does not is named seldom, and looked through for nothing.
 */
export interface GramIndex {
  /** Adds what a block holds, in lower case. */
  add(block: number, text: string): void;
  /** Blocks that may hold `piece`, as a bit each; null: any may, the piece is shorter than four characters. */
  blocksWith(piece: string): Uint32Array | null;
}

const GRAM = 4;
/** 16,384 rows of a bit for each block: with a million devices, 64 a block, 32 MB. */
const BUCKET_BITS = 14;
const BUCKETS = 1 << BUCKET_BITS;

export function createGramIndex(): GramIndex {
  let wordsOfRow = 8;
  let bits = new Uint32Array(BUCKETS * wordsOfRow);

  const grow = (blocks: number): void => {
    const words = Math.max(wordsOfRow * 2, Math.ceil(blocks / 32));
    const wider = new Uint32Array(BUCKETS * words);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      wider.set(bits.subarray(bucket * wordsOfRow, (bucket + 1) * wordsOfRow), bucket * words);
    }
    bits = wider;
    wordsOfRow = words;
  };

  return {
    add(block, text) {
      if (block >= wordsOfRow * 32) grow(block + 1);
      const word = block >>> 5;
      const bit = 1 << (block & 31);
      for (let at = 0; at + GRAM <= text.length; at += 1) {
        const index = bucketAt(text, at) * wordsOfRow + word;
        bits[index] = bits[index]! | bit;
      }
    },
    blocksWith(piece) {
      if (piece.length < GRAM) return null;
      const found = bits.slice(bucketAt(piece, 0) * wordsOfRow, (bucketAt(piece, 0) + 1) * wordsOfRow);
      for (let at = 1; at + GRAM <= piece.length; at += 1) {
        const row = bucketAt(piece, at) * wordsOfRow;
        for (let word = 0; word < wordsOfRow; word += 1) found[word] = found[word]! & bits[row + word]!;
      }
      return found;
    },
  };
}

function bucketAt(text: string, at: number): number {
  let hash = 0x811c9dc5;
  for (let offset = 0; offset < GRAM; offset += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at + offset), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & (BUCKETS - 1);
}
