import { TEXT_PLACEHOLDERS, unknownPlaceholders } from './condition-text.js';
import { readDurationMs } from './duration.js';
import {
  COMPARISONS,
  LONGEST_DURATION_MS,
  LONGEST_RULE_NAME,
  LONGEST_RULE_TEXT,
  MOST_REPORTS,
  type Comparison,
  type HealthRule,
} from './health-rule.js';
import { BUILT_IN_CONDITIONS, SEVERITIES, type Severity } from './health.js';
import { METRICS_OF_FIRMWARES, ROLES } from './known-metrics.js';
import { readScope } from './rule-scope.js';
import { isObject, readFields, type FieldReader, type RuleProblem } from './rule-problems.js';

const FIELDS = [
  ...['name', 'metric', 'role', 'reading', 'compare', 'below', 'at_most', 'above', 'at_least'],
  ...['for', 'reports', 'severity', 'clear', 'scope', 'text'],
];
const NAME = /^[a-z][a-z0-9-]*$/;

/** @returns undefined when it has a problem, which is added to `problems` */
export function readRule(
  given: Record<string, unknown>,
  where: string,
  metrics: ReadonlySet<string>,
  problems: RuleProblem[],
): HealthRule | undefined {
  const before = problems.length;
  const fields = readFields(given, where, FIELDS, problems);
  const name = readName(fields);
  const compare = readCompare(fields);
  const metric = readMetric(fields, metrics);
  if (compare === 'other_firmware' && metric !== undefined && !METRICS_OF_FIRMWARES.includes(metric)) {
    const known = METRICS_OF_FIRMWARES.join(', ');
    fields.problem('unknown_metric', `firmwares are compared by ${known}, not by ${metric}`);
  }
  const bounds = readBounds(fields);
  const forMs = readDuration(fields, 'for');
  if (forMs === undefined && fields.get('for') === undefined)
    fields.problem('missing_field', '"for" is missing');
  const reports = fields.number('reports') ?? 1;
  if (!Number.isInteger(reports) || reports < 1 || reports > MOST_REPORTS)
    fields.problem('bad_value', `reports has to be a whole number from 1 to ${MOST_REPORTS}`);
  const severity = fields.text('severity');
  if (!SEVERITIES.includes(severity as Severity))
    fields.problem(
      severity === undefined ? 'missing_field' : 'bad_value',
      `severity is ${SEVERITIES.join(' or ')}`,
    );
  const clear = readClear(fields, bounds, where, problems);
  const scope = readScope(fields.get('scope'), where, problems);
  const text = readText(fields);
  if (problems.length > before) return undefined;
  return {
    ...{ name: name!, metric: metric!, compare: compare! },
    ...bounds!,
    ...{ forMs: forMs!, reports, severity: severity as Severity },
    ...{ clearLower: clear.lower, clearUpper: clear.upper, clearForMs: clear.forMs ?? forMs! },
    ...{ scope: scope ?? null, text: text! },
  };
}

function readName(fields: FieldReader): string | undefined {
  const name = fields.text('name');
  if (name === undefined) {
    fields.problem('missing_field', '"name" is missing');
    return undefined;
  }
  if (!NAME.test(name) || name.length > LONGEST_RULE_NAME)
    fields.problem('bad_name', `a name is a-z, 0-9 and "-", at most ${LONGEST_RULE_NAME} characters`);
  if (BUILT_IN_CONDITIONS.some((built) => built === name))
    fields.problem('bad_name', 'CPEmon itself uses this name');
  return name;
}

function readCompare(fields: FieldReader): Comparison | undefined {
  const compare = fields.text('compare') ?? 'value';
  if (COMPARISONS.some((known) => known === compare)) return compare as Comparison;
  fields.problem('bad_value', `compare is one of ${COMPARISONS.join(', ')}`);
  return undefined;
}

function readMetric(fields: FieldReader, metrics: ReadonlySet<string>): string | undefined {
  const metric = fields.text('metric');
  const role = fields.text('role');
  if ((metric === undefined) === (role === undefined)) {
    fields.problem('missing_field', 'name a "metric", or a "role" with its "reading"');
    return undefined;
  }
  if (metric !== undefined) {
    if (metrics.has(metric)) return metric;
    const advice = 'one of your own mapping files stands under "metrics"';
    fields.problem('unknown_metric', `there is no metric ${JSON.stringify(metric)}; ${advice}`);
    return undefined;
  }
  const spelled = role!.replace(/\s+/g, '');
  const readings = Object.hasOwn(ROLES, spelled) ? ROLES[spelled]! : undefined;
  if (readings === undefined) {
    const known = Object.keys(ROLES).join(', ');
    fields.problem('unknown_role', `there is no role ${JSON.stringify(role)}; known: ${known}`);
    return undefined;
  }
  const reading = fields.text('reading') ?? '';
  if (Object.hasOwn(readings, reading)) return readings[reading];
  fields.problem('unknown_metric', `readings of ${spelled}: ${Object.keys(readings).join(', ')}`);
  return undefined;
}

function readBounds(fields: FieldReader): Pick<HealthRule, 'lower' | 'upper' | 'threshold'> | undefined {
  const [below, atMost] = [fields.number('below'), fields.number('at_most')];
  const [above, atLeast] = [fields.number('above'), fields.number('at_least')];
  if ((below !== undefined && atMost !== undefined) || (above !== undefined && atLeast !== undefined)) {
    fields.problem('bad_value', 'below and at_most, above and at_least exclude each other');
    return undefined;
  }
  const threshold = below ?? atMost ?? above ?? atLeast;
  if (threshold === undefined) {
    fields.problem('no_bound', 'name below, at_most, above or at_least');
    return undefined;
  }
  const lower = below ?? (atMost === undefined ? -Infinity : nextAbove(atMost));
  const upper = above ?? (atLeast === undefined ? Infinity : -nextAbove(-atLeast));
  if (lower > upper) {
    fields.problem('bad_value', 'every reading lies outside of these bounds');
    return undefined;
  }
  return { lower, upper, threshold };
}

/** What lies "at most" at a number lies below the next one that there is. */
function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}

function readDuration(fields: FieldReader, name: string): number | undefined {
  const given = fields.get(name);
  if (given === undefined) return undefined;
  const ms = readDurationMs(given);
  if (ms !== undefined && ms > 0 && ms <= LONGEST_DURATION_MS) return ms;
  fields.problem('bad_duration', `${name} is a duration such as 30s, 10m, 1h or 7d, above 0 and at most 30d`);
  return undefined;
}

/** Where nothing is said it is over when it is no longer met, for as long as it took to open. */
function readClear(
  fields: FieldReader,
  bounds: Pick<HealthRule, 'lower' | 'upper'> | undefined,
  where: string,
  problems: RuleProblem[],
): { lower: number; upper: number; forMs: number | undefined } {
  const { lower, upper } = bounds ?? { lower: -Infinity, upper: Infinity };
  const given = fields.get('clear');
  if (given === undefined) return { lower, upper, forMs: undefined };
  if (!isObject(given)) {
    fields.problem('bad_value', 'clear has to be an object');
    return { lower, upper, forMs: undefined };
  }
  const clear = readFields(given, `${where}, clear`, ['above', 'below', 'for'], problems);
  const clearAbove = clear.number('above');
  const clearBelow = clear.number('below');
  if (clearAbove !== undefined && lower === -Infinity)
    clear.problem('bad_value', 'clear.above belongs to a rule with below or at_most');
  if (clearBelow !== undefined && upper === Infinity)
    clear.problem('bad_value', 'clear.below belongs to a rule with above or at_least');
  if ((clearAbove ?? Infinity) < lower || (clearBelow ?? -Infinity) > upper)
    clear.problem('clear_beyond_threshold', 'it would be over while it is still met');
  if ((clearAbove ?? lower) > (clearBelow ?? upper))
    clear.problem('clear_beyond_threshold', 'no reading would ever end it');
  return { lower: clearAbove ?? lower, upper: clearBelow ?? upper, forMs: readDuration(clear, 'for') };
}

function readText(fields: FieldReader): string | undefined {
  const text = fields.text('text');
  if (text === undefined) {
    if (fields.get('text') === undefined)
      fields.problem('missing_field', '"text" is missing: a sentence for the person who reads it');
    return undefined;
  }
  if (text.length > LONGEST_RULE_TEXT)
    fields.problem('bad_text', `text is at most ${LONGEST_RULE_TEXT} characters long`);
  const unknown = unknownPlaceholders(text);
  if (unknown.length > 0) {
    const known = TEXT_PLACEHOLDERS.map((name) => `{${name}}`).join(', ');
    fields.problem('bad_text', `there is no {${unknown[0]}}; known: ${known}`);
  }
  return text;
}
