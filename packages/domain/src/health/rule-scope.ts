import { MOST_SCOPE_ENTRIES, type RuleScope } from './health-rule.js';
import { isObject, readFields, type RuleProblem } from './rule-problems.js';

/** @returns undefined for none, and for one with problems */
export function readScope(given: unknown, where: string, problems: RuleProblem[]): RuleScope | undefined {
  if (given === undefined) return undefined;
  if (!isObject(given)) {
    problems.push({ code: 'bad_scope', where, message: 'scope has to be an object' });
    return undefined;
  }
  const before = problems.length;
  const fields = readFields(given, `${where}, scope`, ['model', 'firmware', 'labels'], problems);
  const models = fields.texts('model') ?? null;
  const firmware = fields.texts('firmware') ?? null;
  const labels = readLabels(fields.get('labels'), `${where}, scope`, problems);
  const lists = [models ?? [], firmware ?? [], ...(labels?.values() ?? [])];
  if (lists.reduce((sum, list) => sum + list.length, 0) > MOST_SCOPE_ENTRIES)
    fields.problem('bad_scope', `a scope has at most ${MOST_SCOPE_ENTRIES} entries`);
  if (models === null && firmware === null && labels === null)
    fields.problem('bad_scope', 'name model, firmware or labels, or leave the scope out');
  return problems.length > before ? undefined : { models, firmware, labels };
}

function readLabels(
  given: unknown,
  where: string,
  problems: RuleProblem[],
): ReadonlyMap<string, readonly string[]> | null {
  if (given === undefined) return null;
  if (!isObject(given) || Object.keys(given).length === 0) {
    problems.push({ code: 'bad_scope', where, message: 'labels are names with one value or a list of them' });
    return null;
  }
  const names = Object.keys(given);
  const fields = readFields(given, `${where}, labels`, names, problems);
  return new Map(names.map((name) => [name, fields.texts(name) ?? []]));
}

/** Whether an entry is the value, or begins it where it ends in `*`. */
export function matchesEntry(entries: readonly string[], value: string | null): boolean {
  if (value === null) return false;
  return entries.some((entry) =>
    entry.endsWith('*') ? value.startsWith(entry.slice(0, -1)) : entry === value,
  );
}
