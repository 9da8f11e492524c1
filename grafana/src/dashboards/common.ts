import { DATA_SOURCES, type Annotation, type DataLink, type Variable } from '../model/dashboard.js';
import { sql } from '../model/queries.js';
import { COLOURS, OUR_FAILURES } from '../thresholds.js';

/** The gauges of the installation come from one process; while another takes over there may be two for a moment. */
export const BACKLOG = 'max(cpemon_pipeline_backlog_events)';
export const OLDEST_AGE = 'max(cpemon_pipeline_oldest_event_age_seconds)';
export const DEVICES = 'sum(max by (status) (cpemon_fleet_devices))';
export const OFFLINE = 'max(cpemon_fleet_devices{status="offline"})';
/** The counters of accepted and applied events are the log's own: they go on over restarts of services. */
export const ACCEPT_RATE = 'max(rate(cpemon_pipeline_accepted_events_total[$__rate_interval]))';
export const APPLY_RATE = 'max(rate(cpemon_pipeline_applied_events_total[$__rate_interval]))';
export const OUR_FAILURE_CODES = OUR_FAILURES.join('|');

/** A text that people type: a list of a million serial numbers would freeze the page. */
export const textVariable = (name: string, label: string, value: string, description: string): Variable => ({
  ...{ type: 'textbox', name, label, description, query: value, hide: 0 },
  current: { text: value, value, selected: true },
  options: [{ text: value, value, selected: true }],
});

/** Values asked of the database: few, whatever the size of the fleet. */
export const queryVariable = (
  name: string,
  label: string,
  select: string,
  value: string,
  description: string,
): Variable => ({
  ...{ type: 'query', name, label, description, query: select, refresh: 2, hide: 0 },
  ...{ includeAll: false, multi: false, sort: 1 },
  datasource: DATA_SOURCES.mysql,
  current: { text: value, value, selected: true },
  options: [],
});

export const LIVE_PAGE = textVariable(
  'page',
  'Live page',
  'http://127.0.0.1:8080',
  'Where cpemon-api is: links lead to its live page.',
);

export const toLivePage: DataLink = { title: 'Live page', url: '${page}/', targetBlank: true };
export const toLiveDevice: DataLink = {
  title: 'This device on the live page',
  url: '${page}/admin?sn=${__value.raw}',
  targetBlank: true,
};

/** A service runs in a version that did not run five minutes ago. */
export const DEPLOYS: Annotation = {
  name: 'Deploys',
  datasource: DATA_SOURCES.prometheus,
  enable: true,
  iconColor: COLOURS.neutral,
  expr:
    'count by (service, version) (cpemon_build_info) ' +
    'unless count by (service, version) (cpemon_build_info offset 5m)',
  titleFormat: '{{service}} {{version}} began to run',
  step: '60s',
};

export const SCALING: Annotation = {
  name: 'Writers join and leave',
  datasource: DATA_SOURCES.prometheus,
  enable: true,
  iconColor: COLOURS.unknown,
  expr: 'changes(max(cpemon_pipeline_writers)[1m:5s]) > 0',
  titleFormat: 'The number of writers changed',
  step: '60s',
};

export const SCENARIOS: Annotation = {
  name: 'Scenarios of the simulator',
  datasource: DATA_SOURCES.prometheus,
  enable: true,
  iconColor: '#b877d9',
  expr: 'max by (scenario) (cpemon_simulator_scenario_running) == 1',
  titleFormat: '{{scenario}}',
  step: '15s',
};

export const INTAKE_GAPS: Annotation = {
  name: 'Intake was shut',
  datasource: DATA_SOURCES.mysql,
  enable: true,
  iconColor: COLOURS.critical,
  target: sql(
    `SELECT started_at AS time, ended_at AS timeend, CONCAT('Nothing could be received by ', path) AS text, path AS tags
FROM v_intake_gaps
WHERE $__timeFilter(started_at)
ORDER BY started_at
LIMIT 200`,
  ),
};

export const OPERATOR_ACTIONS: Annotation = {
  name: 'Operators',
  datasource: DATA_SOURCES.mysql,
  enable: true,
  iconColor: COLOURS.warning,
  target: sql(
    `SELECT at AS time, CONCAT(actor, ': ', action, ' ', target) AS text, action AS tags
FROM v_operator_audit
WHERE $__timeFilter(at)
ORDER BY at
LIMIT 200`,
  ),
};
