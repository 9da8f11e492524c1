import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Replaces the file in one step, readable by its owner only: a reader sees the old text or the new. */
export function writeFileAtomically(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
}
