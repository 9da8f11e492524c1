/** What the terminal shows of a service's log line. */
export interface ShortLine {
  level: 'info' | 'warn' | 'error';
  text: string;
}

const LEVELS: Record<string, ShortLine['level'] | null> = {
  trace: null,
  debug: null,
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'error',
};
const LEFT_OUT = new Set(['level', 'time', 'service', 'pid', 'hostname', 'msg', 'err']);
const LONGEST = 240;

/** One short line of a JSON log line, null when it is below info. What is no JSON is shown as it is. */
export function shortenLogLine(line: string): ShortLine | null {
  let entry: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null) throw new Error('not an object');
    entry = parsed as Record<string, unknown>;
  } catch {
    const text = onOneLine(line);
    return text === '' ? null : { level: 'info', text };
  }
  const level = LEVELS[String(entry['level'])];
  if (level === null) return null;
  const facts = Object.entries(entry)
    .filter(([name, value]) => !LEFT_OUT.has(name) && (typeof value !== 'object' || Array.isArray(value)))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const error = entry['err'] as { message?: unknown } | undefined;
  const cause = typeof error?.message === 'string' ? `: ${error.message}` : '';
  const message = typeof entry['msg'] === 'string' ? entry['msg'] : '';
  return { level: level ?? 'info', text: onOneLine([message + cause, ...facts].join('  ')) };
}

function onOneLine(text: string): string {
  // Nothing that a sender put into a log line may move the cursor or colour the terminal.
  const plain = text.replace(/\p{Cc}+(\[[0-9;]*[A-Za-z])?/gu, ' ').trim();
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST - 1)}…`;
}
