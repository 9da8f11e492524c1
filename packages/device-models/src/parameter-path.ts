/** A parameter's path taken apart: what it names, and which instance of it. */
export interface ParameterPath {
  /** The path in lower case, each instance number or alias as `{i}`: "device.wifi.radio.{i}.channel". */
  pattern: string;
  /** Instance numbers from left to right; NaN for an alias ("[cpe-1]", TR-181 A.2.2). */
  instances: number[];
}

/** TR-069 Amendment 6, A.3.2.1: a parameter's name has at most 256 characters. */
export const LONGEST_PATH = 256;

const INSTANCE = /^(?:\d{1,10}|\[[^\]]*\]|\{i\})$/;
const BLANK = /\s/;
const BLANKS = /\s+/g;

/** Case and stray blanks differ between firmwares of one model ("RXPower", "RxPower"); they make no difference here. */
export function readParameterPath(path: string): ParameterPath {
  const instances: number[] = [];
  const segments = (BLANK.test(path) ? path.replace(BLANKS, '') : path).toLowerCase().split('.');
  for (let at = 0; at < segments.length; at += 1) {
    const segment = segments[at]!;
    // Nearly every segment begins with a letter.
    const first = segment.charCodeAt(0);
    if ((first >= 97 && first <= 122) || !INSTANCE.test(segment)) continue;
    instances.push(Number(segment));
    segments[at] = '{i}';
  }
  return { pattern: segments.join('.'), instances };
}

/** How many instances a pattern names. */
export function countInstances(pattern: string): number {
  return pattern.split('.').filter((segment) => segment === '{i}').length;
}

/** Orders instances of one thing: by the first number in which they differ. Aliases come last. */
export function compareInstances(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    const difference = orderOf(one[at]!) - orderOf(other[at]!);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

const orderOf = (instance: number): number => (Number.isNaN(instance) ? Number.MAX_SAFE_INTEGER : instance);
