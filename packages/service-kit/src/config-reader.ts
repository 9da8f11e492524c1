export interface StringOptions {
  default?: string;
  /** The value never appears in a problem. */
  secret?: boolean;
  oneOf?: readonly string[];
  pattern?: RegExp;
}

export interface NumberOptions {
  default?: number;
  /** Smallest and largest value allowed, both included. */
  min?: number;
  max?: number;
}

/**
 * Typed access to the environment. A method that finds a problem notes it and returns a stand-in, so that one start
 * shows every problem; nothing it returned may be used before `finish` has passed. An empty variable counts as unset.
 */
export interface ConfigReader {
  string(name: string, options?: StringOptions): string;
  optionalString(name: string, options?: Omit<StringOptions, 'default'>): string | undefined;
  integer(name: string, options?: NumberOptions): number;
  number(name: string, options?: NumberOptions): number;
  boolean(name: string, options?: { default?: boolean }): boolean;
  /** Comma separated; parts are trimmed and empty ones left out. */
  list(name: string, options?: { default?: string[]; secret?: boolean }): string[];
  /** `parse` throws an Error whose message completes "NAME …", for instance "must begin with mysql://". */
  parsed<T>(name: string, parse: (text: string) => T, options?: { default?: T; secret?: boolean }): T;
  /** @throws ConfigError when any variable read so far had a problem */
  finish(): void;
}

/** The environment cannot be used; `problems` holds one sentence a variable, without secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

const TRUE_WORDS = new Set(['1', 'true', 'yes', 'on']);
const FALSE_WORDS = new Set(['0', 'false', 'no', 'off']);
/** Decimal notation only: `0x10`, `1e3`, `10abc` and `Infinity` are typing errors in an environment. */
const INTEGER = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;

export function createConfigReader(env: NodeJS.ProcessEnv): ConfigReader {
  const problems: string[] = [];

  const textOf = (name: string): string | undefined => {
    const text = env[name]?.trim();
    return text === undefined || text === '' ? undefined : text;
  };

  const readOrNote = <T>(
    name: string,
    options: { default?: T; secret?: boolean },
    standIn: T,
    parse: (text: string) => T,
  ): T => {
    const text = textOf(name);
    if (text === undefined) {
      if (options.default !== undefined) return options.default;
      problems.push(`${name} is required`);
      return standIn;
    }
    try {
      return parse(text);
    } catch (error) {
      const shown = options.secret === true ? '[secret]' : JSON.stringify(text);
      problems.push(`${name} ${error instanceof Error ? error.message : String(error)} (it is ${shown})`);
      return standIn;
    }
  };

  const readNumber = (name: string, options: NumberOptions, notation: RegExp, noun: string): number =>
    readOrNote(name, options, NaN, (text) => {
      if (!notation.test(text)) throw new Error(`must be ${noun}`);
      const value = Number(text);
      const { min = -Infinity, max = Infinity } = options;
      if (value < min || value > max) throw new Error(`must be ${rangeWords(min, max)}`);
      return value;
    });

  return {
    string: (name, options = {}) => readOrNote(name, options, '', (text) => checkText(text, options)),
    optionalString: (name, options = {}) =>
      textOf(name) === undefined
        ? undefined
        : readOrNote(name, options, '', (text) => checkText(text, options)),
    integer: (name, options = {}) => readNumber(name, options, INTEGER, 'a whole number'),
    number: (name, options = {}) => readNumber(name, options, DECIMAL, 'a number'),
    boolean: (name, options = {}) =>
      readOrNote(name, options, false, (text) => {
        const word = text.toLowerCase();
        if (TRUE_WORDS.has(word)) return true;
        if (FALSE_WORDS.has(word)) return false;
        throw new Error('must be true or false');
      }),
    list: (name, options = {}) => readOrNote(name, options, [], parseList),
    parsed: <T>(name: string, parse: (text: string) => T, options: { default?: T; secret?: boolean } = {}) =>
      readOrNote<T>(name, options, undefined as T, parse),
    finish: () => {
      if (problems.length > 0) throw new ConfigError([...problems]);
    },
  };
}

function checkText(text: string, { oneOf, pattern }: StringOptions): string {
  if (oneOf !== undefined && !oneOf.includes(text)) throw new Error(`must be one of ${oneOf.join(', ')}`);
  if (pattern !== undefined && !pattern.test(text)) throw new Error(`must match ${String(pattern)}`);
  return text;
}

function parseList(text: string): string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw new Error('must name at least one value');
  return parts;
}

function rangeWords(min: number, max: number): string {
  if (max === Infinity) return `at least ${min}`;
  if (min === -Infinity) return `at most ${max}`;
  return `from ${min} to ${max}`;
}
