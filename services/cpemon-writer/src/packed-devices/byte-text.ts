import { readUint, writeUint, type ByteRun } from './byte-run.js';

/*
 * A text begins with twice the number of its characters, plus one when they are written in two bytes each because one
 * of them is above U+00FF.
 */

/** Any string, half characters (lone surrogates) too. */
export function writeText(run: ByteRun, text: string): void {
  const start = run.at;
  writeUint(run, text.length * 2);
  const { bytes, at } = run;
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    if (unit > 0xff) {
      run.at = start;
      writeWideText(run, text);
      return;
    }
    bytes[at + n] = unit;
  }
  run.at = at + text.length;
}

function writeWideText(run: ByteRun, text: string): void {
  writeUint(run, text.length * 2 + 1);
  const { bytes, at } = run;
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    bytes[at + 2 * n] = unit;
    bytes[at + 2 * n + 1] = unit >>> 8;
  }
  run.at = at + 2 * text.length;
}

export function readText(run: ByteRun): string {
  const head = readUint(run);
  const start = run.at;
  run.at = start + byteLength(head);
  return run.bytes.toString((head & 1) === 0 ? 'latin1' : 'utf16le', start, run.at);
}

export function skipText(run: ByteRun): void {
  const head = readUint(run);
  run.at += byteLength(head);
}

const byteLength = (head: number): number => ((head & 1) === 0 ? head >>> 1 : head - 1);

/** Whether the text that begins here is `text`. */
export function textIs(run: ByteRun, text: string): boolean {
  const { bytes, at } = run;
  const head = readUint(run);
  const start = run.at;
  run.at = at;
  if (head >>> 1 !== text.length) return false;
  if ((head & 1) === 1) return readText(run) === text;
  for (let n = 0; n < text.length; n += 1) if (bytes[start + n] !== text.charCodeAt(n)) return false;
  return true;
}
