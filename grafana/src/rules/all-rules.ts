import { databaseRules } from './database-rules.js';
import { fleetRules } from './fleet-rules.js';
import { intakeRules } from './intake-rules.js';
import { metaRules, objectiveRules } from './objective-rules.js';
import { pipelineRules, strictRules } from './pipeline-rules.js';
import type { AlertRule, RuleGroup } from './rule.js';

/** Groups by the file below `prometheus/` that holds them. */
export const RULE_FILES: Readonly<Record<string, RuleGroup[]>> = {
  'rules/pipeline.yml': pipelineRules,
  'rules/intake.yml': intakeRules,
  'rules/database.yml': databaseRules,
  'rules/fleet.yml': fleetRules,
  'rules/objectives.yml': [...objectiveRules, ...metaRules],
  'strict/latency-sensitive.yml': strictRules,
};

export const allAlerts = (): AlertRule[] =>
  Object.values(RULE_FILES)
    .flat()
    .flatMap(({ rules }) => rules.filter((rule): rule is AlertRule => 'alert' in rule));
