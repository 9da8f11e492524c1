/** What can be wrong with a set of rules; codes are stable. */
export const RULE_PROBLEM_CODES = [
  'not_a_set',
  'unknown_field',
  'missing_field',
  'bad_value',
  'bad_name',
  'duplicate_name',
  'unknown_metric',
  'unknown_role',
  'no_bound',
  'bad_duration',
  'clear_beyond_threshold',
  'bad_scope',
  'bad_text',
  'too_many_rules',
] as const;
export type RuleProblemCode = (typeof RULE_PROBLEM_CODES)[number];

export interface RuleProblem {
  code: RuleProblemCode;
  /** Which rule, or part of the set: `rule "optics-low"`, `rules[3]`. */
  where: string;
  message: string;
}

export const problemText = ({ where, message, code }: RuleProblem): string =>
  `${where}: ${message} (${code})`;

/** The fields of one object of a set, and what is wrong with them. */
export interface FieldReader {
  problem(code: RuleProblemCode, message: string): void;
  /** Undefined when it is absent. */
  get(name: string): unknown;
  number(name: string): number | undefined;
  text(name: string): string | undefined;
  /** One text or a list of them. */
  texts(name: string): string[] | undefined;
}

/** @param known names of the fields that there may be */
export function readFields(
  fields: Readonly<Record<string, unknown>>,
  where: string,
  known: readonly string[],
  problems: RuleProblem[],
): FieldReader {
  const problem: FieldReader['problem'] = (code, message) => void problems.push({ code, where, message });
  for (const name of Object.keys(fields)) {
    if (!known.includes(name))
      problem('unknown_field', `there is no field ${JSON.stringify(name)}; known: ${known.join(', ')}`);
  }
  const get = (name: string): unknown =>
    Object.hasOwn(fields, name) && fields[name] !== null ? fields[name] : undefined;
  return {
    problem,
    get,
    number(name) {
      const value = get(name);
      if (value === undefined) return undefined;
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      problem('bad_value', `${name} has to be a number`);
      return undefined;
    },
    text(name) {
      const value = get(name);
      if (value === undefined) return undefined;
      if (typeof value === 'string' && value.trim() !== '') return value;
      problem('bad_value', `${name} has to be a text`);
      return undefined;
    },
    texts(name) {
      const value = get(name);
      if (value === undefined) return undefined;
      const list: unknown[] = Array.isArray(value) ? value : [value];
      if (list.length > 0 && list.every((each) => typeof each === 'string' && each !== ''))
        return list as string[];
      problem('bad_value', `${name} has to be a text or a list of texts`);
      return undefined;
    },
  };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
