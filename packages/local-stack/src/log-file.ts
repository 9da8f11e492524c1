import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';

/** A service says little; what is older than two files of this size is gone. */
const LARGEST_BYTES = 20 * 1024 * 1024;

/** Appends lines to `file`; when it has grown large it becomes `file.1` and a new one begins. */
export function openLogFile(file: string, largestBytes = LARGEST_BYTES): (line: string) => void {
  let size = existsSync(file) ? statSync(file).size : 0;
  return (line) => {
    const text = `${line}\n`;
    if (size > 0 && size + text.length > largestBytes) {
      renameSync(file, `${file}.1`);
      size = 0;
    }
    appendFileSync(file, text, { mode: 0o600 });
    size += Buffer.byteLength(text);
  };
}
