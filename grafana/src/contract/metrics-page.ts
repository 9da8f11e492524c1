import { MOST_SERIES, type Catalogue, type CataloguedMetric } from './metric-catalogue.js';
import { SERVICES } from './declared-metrics.js';

const MOST_VALUES_SHOWN = 12;

/** docs/metrics.md */
export function metricsPage({ metrics, series }: Catalogue): string {
  const ours = metrics.filter(({ runtime }) => !runtime);
  const ofRuntime = metrics.filter(({ runtime }) => runtime);
  return `# Metrics

Made by \`npm run write:observability\` from what the services declare; \`prometheus/metrics.json\` is the same for programs.
A test compares it with the declarations, with \`/metrics\` of a running stack, and with every rule and dashboard.

- Each process answers \`/metrics\` on its operations port. Names begin with \`cpemon_\`; units are seconds, bytes, and ratios
  from 0 to 1.
- Labels have the values that stand here and no others, and are there from the start with 0. No label grows with the fleet:
  a replica has these many series with a thousand devices and with a million (at most ${MOST_SERIES} may be declared), and
  about sixty of the process and of Node.js.

| service | series of a replica |
| --- | --- |
${SERVICES.map((service) => `| ${service} | ${series[service]} |`).join('\n')}

- \`cpemon_pipeline_*\`, \`cpemon_fleet_devices\` and \`cpemon_intake_path_accepting\` say what the database says. Of all replicas of
  cpemon-api one has them at a time, so that sums are right; when nobody can read the database nobody has them.
  \`cpemon_pipeline_lane_backlog_events\` has a series a lane: 16, or as many as the log was given (at most 1,024).
- The label \`job\` of \`cpemon_writer_maintenance_*\` becomes \`exported_job\` in Prometheus, which has a \`job\` of its own.

${SERVICES.map((service) => `## ${service}\n\n${tableOf(ours.filter(({ services }) => services.includes(service)))}`).join('\n\n')}

## Every service: process and Node.js

As prom-client has them, with our prefix.

${ofRuntime.map(({ name, help }) => `- \`${name}\`: ${help.replace(/\.$/, '')}`).join('\n')}
`;
}

function tableOf(metrics: readonly CataloguedMetric[]): string {
  const lines = metrics.map(
    ({ name, type, help, labels, buckets }) =>
      `| \`${name}\` | ${type} | ${help}${buckets === undefined ? '' : `. Up to ${buckets.join(', ')}`} | ${labelsText(labels)} |`,
  );
  return ['| name | type | what | labels |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

const labelsText = (labels: Record<string, string[]>): string =>
  Object.entries(labels)
    .map(([label, values]) => {
      if (values.length === 0) return `\`${label}\``;
      const shown = values.slice(0, MOST_VALUES_SHOWN).join(', ');
      const more = values.length - MOST_VALUES_SHOWN;
      return `\`${label}\`: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
    })
    .join('; ');
