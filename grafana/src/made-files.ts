import type { Catalogue } from './contract/metric-catalogue.js';
import { metricsPage } from './contract/metrics-page.js';
import { allDashboards } from './dashboards/all-dashboards.js';
import { RULE_FILES } from './rules/all-rules.js';
import { ruleTestFiles } from './rules/rule-cases.js';
import { rulesYaml } from './rules/rules-yaml.js';

/** What is made from here and committed: contents by path in the repository. */
export function madeFiles(catalogue: Catalogue): Record<string, string> {
  return {
    ...Object.fromEntries(
      Object.entries(allDashboards()).map(([name, dashboard]) => [
        `grafana/dashboards/${name}.json`,
        `${JSON.stringify(dashboard, null, 2)}\n`,
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(RULE_FILES).map(([file, groups]) => [`prometheus/${file}`, rulesYaml(groups)]),
    ),
    ...ruleTestFiles(),
    'prometheus/metrics.json': `${JSON.stringify(catalogue.metrics, null, 2)}\n`,
    'docs/metrics.md': metricsPage(catalogue),
  };
}
