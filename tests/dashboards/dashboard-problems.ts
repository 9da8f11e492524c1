import { DATA_SOURCES, type Dashboard, type Panel } from '../../grafana/src/model/dashboard.js';
import { isPrometheus, queriesOfDashboard } from '../../grafana/src/query/queries-of-dashboard.js';

/** Of Grafana's list of units, those that we use. */
const UNITS = [
  'short',
  'none',
  's',
  'h',
  'bytes',
  'percentunit',
  'ops',
  'reqps',
  'dBm',
  'celsius',
  'bool_yes_no',
];
const COLUMNS = 24;

/** What is wrong with a dashboard as far as one can tell without data; each sentence names the panel or the query. */
export function dashboardProblems(dashboard: Dashboard, all: readonly Dashboard[]): string[] {
  return [
    ...wrongWords(dashboard),
    ...wrongUnits(dashboard),
    ...wrongPlaces(dashboard),
    ...wrongQueries(dashboard),
    ...wrongLinks(dashboard, all),
  ];
}

const inWords = ({ uid }: Dashboard, { title }: Panel): string => `${uid} / ${title}`;
const shown = ({ panels }: Dashboard): Panel[] => panels.filter(({ type }) => type !== 'row');

function wrongWords(dashboard: Dashboard): string[] {
  const rows = dashboard.panels.filter(({ type, title }) => type === 'row' && !title.endsWith('?'));
  const mute = shown(dashboard).filter(({ title, description }) => title === '' || description.length < 20);
  const twice = shown(dashboard).filter(
    ({ title }, index, all) => all.findIndex((one) => one.title === title) !== index,
  );
  const [first, second] = dashboard.panels;
  const begins = first?.type === 'row' && second?.type === 'stat' && second.gridPos.x === 0;
  return [
    ...(begins ? [] : [`${dashboard.uid} does not begin with a question and its most important number`]),
    ...twice.map((panel) => `${inWords(dashboard, panel)}: there is another panel of that title`),
    ...rows.map((panel) => `${inWords(dashboard, panel)}: is no question`),
    ...mute.map((panel) => `${inWords(dashboard, panel)}: has no title or does not say what it shows`),
  ];
}

function wrongUnits(dashboard: Dashboard): string[] {
  return shown(dashboard).flatMap((panel) => {
    const { fieldConfig, type, options } = panel;
    const own =
      type === 'heatmap' ? (options as { yAxis: { unit?: string } }).yAxis.unit : fieldConfig?.defaults.unit;
    const ofColumns = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
      properties.filter(({ id }) => id === 'unit').map(({ value }) => value as string),
    );
    return [...(type === 'table' ? [] : [own ?? 'none at all']), ...ofColumns]
      .filter((unit) => !UNITS.includes(unit))
      .map((unit) => `${inWords(dashboard, panel)}: Grafana knows no unit ${unit}`);
  });
}

function wrongPlaces(dashboard: Dashboard): string[] {
  const cells = new Map<string, string>();
  const ids = dashboard.panels.map(({ id }) => id);
  const problems = new Set(new Set(ids).size === ids.length ? [] : [`${dashboard.uid}: panels share an id`]);
  for (const panel of dashboard.panels) {
    const { x, y, w, h } = panel.gridPos;
    if (x + w > COLUMNS) problems.add(`${inWords(dashboard, panel)}: reaches beyond the edge`);
    for (let column = x; column < x + w; column += 1)
      for (let line = y; line < y + h; line += 1) {
        const other = cells.get(`${column} ${line}`);
        if (other !== undefined) problems.add(`${inWords(dashboard, panel)}: lies over ${other}`);
        cells.set(`${column} ${line}`, panel.title);
      }
  }
  return [...problems];
}

function wrongQueries(dashboard: Dashboard): string[] {
  const uids: readonly string[] = Object.values(DATA_SOURCES).map(({ uid }) => uid);
  return queriesOfDashboard(dashboard).flatMap(({ name, target }) => [
    ...(uids.includes(target.datasource.uid)
      ? []
      : [`${name}: there is no data source ${target.datasource.uid}`]),
    ...(isPrometheus(target) && target.range && /\b(rate|increase)\([^()]*\[\d/.test(target.expr)
      ? [`${name}: takes a rate over a fixed time`]
      : []),
    ...(!isPrometheus(target) && growsWithFleet(target.rawSql) ? [`${name}: reads a row a device`] : []),
  ]);
}

/** Views with a row a device are asked for one of them, for the first so many, or for a figure of all. */
const growsWithFleet = (sql: string): boolean =>
  /\bFROM v_(devices|conditions|device_events|inventory|device_labels)\b/.test(sql) &&
  !/\bLIMIT \d+|serial_number = |GROUP BY|COUNT|AVG|MAX\(/.test(sql);

function wrongLinks(dashboard: Dashboard, all: readonly Dashboard[]): string[] {
  return shown(dashboard).flatMap((panel) => {
    const links = JSON.stringify(panel.fieldConfig ?? {});
    const between = [...links.matchAll(/"\/d\/([\w-]+)\?([^"]*)"/g)].flatMap(([, uid = '', query = '']) => {
      const target = all.find((each) => each.uid === uid);
      if (target === undefined) return [`leads to the dashboard ${uid}, which is not there`];
      const known = target.templating.list.map(({ name }) => name);
      return [...query.matchAll(/var-(\w+)=/g)].flatMap(([, name = '']) =>
        known.includes(name) ? [] : [`hands over ${name}, which ${uid} does not know`],
      );
    });
    const own = dashboard.templating.list.map(({ name }) => name);
    const outside = [...links.matchAll(/"url":"\$\{(\w+)\}/g)].flatMap(([, name = '']) =>
      own.includes(name) ? [] : [`leads to \${${name}}, which is no variable`],
    );
    return [...between, ...outside].map((problem) => `${inWords(dashboard, panel)}: ${problem}`);
  });
}
