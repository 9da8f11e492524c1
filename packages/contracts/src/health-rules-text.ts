import { createHash } from 'node:crypto';
import { CORE_SCHEMA, YAMLException, load } from 'js-yaml';
import { readHealthRules, type HealthRuleSet, type RuleProblem } from '@cpemon/domain';

/** A set of rules as it is read from a file. */
export interface HealthRulesText extends HealthRuleSet {
  /** The first 16 hexadecimal digits of the SHA-256 of the text: the same text has the same version everywhere. */
  version: string;
  content: string;
}

/** 200 rules with long texts are 100 KB. */
export const LONGEST_RULES_BYTES = 256 * 1024;
const VERSION_DIGITS = 16;

/** Everything that is wrong with a text of rules. */
export class HealthRulesError extends Error {
  override readonly name = 'HealthRulesError';

  constructor(readonly problems: readonly RuleProblem[]) {
    super(problems.map(({ where, message, code }) => `${where}: ${message} (${code})`).join('\n'));
  }
}

/**
 * Reads a set of rules written in YAML or JSON.
 * @throws HealthRulesError that lists every problem
 */
export function readHealthRulesText(content: string): HealthRulesText {
  if (Buffer.byteLength(content) > LONGEST_RULES_BYTES)
    throw notASet(`the file is larger than ${LONGEST_RULES_BYTES / 1024} KiB`);
  const { set, problems } = readHealthRules(parse(content));
  if (set === undefined) throw new HealthRulesError(problems);
  const version = createHash('sha256').update(content).digest('hex').slice(0, VERSION_DIGITS);
  return { ...set, version, content };
}

function parse(content: string): unknown {
  try {
    // Text, numbers and the like: no dates, nothing that is merged or made by a tag.
    return load(content, { schema: CORE_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark, reason } = error;
    throw notASet(`line ${(mark?.line ?? 0) + 1}: ${reason}`);
  }
}

const notASet = (message: string): HealthRulesError =>
  new HealthRulesError([{ code: 'not_a_set', where: 'file', message }]);
