/** Labels of what an alert is of, by name: those of the inventory, and `rule`, `severity`, `kind`, `sn`, `model`, `firmware`. */
export type AlertLabels = Readonly<Record<string, string>>;

/** Conditions on labels: each label has one of the values. None at all: everything matches. */
export type Matchers = Readonly<Record<string, readonly string[]>>;

export function matches(matchers: Matchers, labels: AlertLabels): boolean {
  for (const name in matchers) {
    const value = labels[name];
    if (value === undefined || !matchers[name]!.includes(value)) return false;
  }
  return true;
}

/** A silence or window is of few labels, and a receiver hears of few. */
export const MOST_MATCHERS = 20;
export const MOST_MATCHER_VALUES = 200;
const LONGEST_VALUE = 160;
const LABEL_NAME = /^[a-z][a-z0-9_]{0,31}$/;

/**
 * Reads matchers as they are written: `{tier: business}` or `{tier: [business, gold]}`.
 * @param where begins each problem
 * @param problems what is wrong is added here
 */
export function readMatchers(written: unknown, where: string, problems: string[]): Matchers {
  if (written === undefined) return {};
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    problems.push(`${where} must be labels with values`);
    return {};
  }
  const entries = Object.entries(written as Record<string, unknown>);
  if (entries.length > MOST_MATCHERS) problems.push(`${where} has more than ${MOST_MATCHERS} labels`);
  const matchers: Record<string, readonly string[]> = {};
  for (const [name, value] of entries) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    const texts = values.filter((one): one is string => typeof one === 'string' && one.length > 0);
    if (!LABEL_NAME.test(name)) problems.push(`${where}.${name.slice(0, 40)} is no name of a label`);
    else if (values.length === 0 || texts.length < values.length) {
      problems.push(`${where}.${name} must be a text or a list of texts`);
    } else if (texts.length > MOST_MATCHER_VALUES || texts.some(({ length }) => length > LONGEST_VALUE)) {
      problems.push(
        `${where}.${name} has more than ${MOST_MATCHER_VALUES} values, or one longer than ${LONGEST_VALUE} characters`,
      );
    }
    matchers[name] = texts;
  }
  return matchers;
}
