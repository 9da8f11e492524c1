const NEWLINE = 10;

/** A line without its end; undefined when it was longer than allowed, and is forgotten. */
export type Line = Buffer | undefined;

/**
 * Cuts bytes into lines as they come: each chunk gives the lines that it completes, the end gives the last one. Holds
 * no more than one line, and of one that is too long nothing. Blank lines are left out.
 */
export interface LineCutter {
  cut(chunk: Buffer): Line[];
  /** What stands after the last line end. */
  end(): Line[];
}

export function createLineCutter(longestBytes: number): LineCutter {
  let pieces: Buffer[] = [];
  let held = 0;

  const hold = (piece: Buffer): void => {
    held += piece.length;
    if (held <= longestBytes) pieces.push(piece);
    else pieces = [];
  };
  const finish = (lines: Line[]): void => {
    if (held > longestBytes) lines.push(undefined);
    else if (held > 0) {
      const line = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, held);
      if (!isBlank(line)) lines.push(line);
    }
    pieces = [];
    held = 0;
  };

  return {
    cut(chunk) {
      const lines: Line[] = [];
      let start = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
        hold(chunk.subarray(start, at));
        finish(lines);
        start = at + 1;
      }
      if (start < chunk.length) hold(chunk.subarray(start));
      return lines;
    },
    end() {
      const lines: Line[] = [];
      finish(lines);
      return lines;
    },
  };
}

function isBlank(line: Buffer): boolean {
  for (const byte of line) if (byte > 0x20) return false;
  return true;
}
