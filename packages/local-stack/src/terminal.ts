import type { ShortLine } from './log-line.js';

export interface Terminal {
  /** A line about one process: time, its name, what it says. */
  line: (name: string, line: ShortLine) => void;
  /** Text as it is. */
  print: (text: string) => void;
  bold: (text: string) => string;
}

const NAME_WIDTH = 15;
const COLOURS = [36, 35, 32, 34, 96, 95, 92, 94];

/** Writes to a stream; with colours only when told to. */
export function openTerminal(
  stream: { write(text: string): unknown },
  { coloured, now }: { coloured: boolean; now: () => Date },
): Terminal {
  const paint = (code: number, text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  const colours = new Map<string, number>();
  const colourOf = (name: string) => {
    const known = colours.get(name) ?? COLOURS[colours.size % COLOURS.length]!;
    colours.set(name, known);
    return known;
  };
  return {
    line: (name, { level, text }) => {
      const time = now().toTimeString().slice(0, 8);
      const said = level === 'info' ? text : paint(level === 'error' ? 31 : 33, `${level}: ${text}`);
      stream.write(`${paint(2, time)} ${paint(colourOf(name), name.padEnd(NAME_WIDTH))} ${said}\n`);
    },
    print: (text) => stream.write(`${text}\n`),
    bold: (text) => paint(1, text),
  };
}
