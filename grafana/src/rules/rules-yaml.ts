import { dump } from 'js-yaml';
import type { RuleGroup } from './rule.js';

const MADE =
  '# Made by `npm run write:observability` from grafana/src/rules; thresholds are in grafana/src/thresholds.ts.\n';

/** A file of rules as Prometheus reads it. */
export const rulesYaml = (groups: readonly RuleGroup[]): string =>
  MADE + dump({ groups }, { lineWidth: -1, noRefs: true, quotingType: "'" });
