import { readUint, writeUint, type ByteRun } from './byte-run.js';
import { readText, writeText } from './byte-text.js';

/**
 * Strings that many devices share (models, versions, names of sources), each kept once and written as a number. Those
 * that come when it is full are written out, so that a sender of ever new ones costs bytes and nothing else.
 */
export interface KnownWords {
  codes: Map<string, number>;
  words: string[];
  characters: number;
}

const MOST_WORDS = 4096;
const MOST_CHARACTERS = 128 * 1024;

export const createKnownWords = (): KnownWords => ({ codes: new Map(), words: [], characters: 0 });

/** Numbers below these two stand for something else than a known word. */
const NOTHING = 0;
const WRITTEN_OUT = 1;
const FIRST_WORD = 2;

export function writeWord(run: ByteRun, known: KnownWords, word: string | null): void {
  if (word === null) {
    writeUint(run, NOTHING);
    return;
  }
  const code = known.codes.get(word) ?? learn(known, word);
  if (code !== undefined) {
    writeUint(run, code);
    return;
  }
  writeUint(run, WRITTEN_OUT);
  writeText(run, word);
}

function learn(known: KnownWords, word: string): number | undefined {
  const { codes, words } = known;
  if (words.length >= MOST_WORDS || known.characters + word.length > MOST_CHARACTERS) return undefined;
  known.characters += word.length;
  words.push(word);
  const code = words.length - 1 + FIRST_WORD;
  codes.set(word, code);
  return code;
}

export function readWord(run: ByteRun, known: KnownWords): string | null {
  const code = readUint(run);
  if (code === NOTHING) return null;
  return code === WRITTEN_OUT ? readText(run) : known.words[code - FIRST_WORD]!;
}
