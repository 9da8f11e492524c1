import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool, parseDatabaseUrl, userName, type DatabasePool } from '@cpemon/database';
import { findOrFetchPrometheus, readEnvironment } from '@cpemon/local-stack';
import { declaredMetrics, SERVICES, type Service } from '../../grafana/src/contract/declared-metrics.js';
import { catalogueOf, MOST_SERIES } from '../../grafana/src/contract/metric-catalogue.js';
import { allDashboards } from '../../grafana/src/dashboards/all-dashboards.js';
import type { Dashboard } from '../../grafana/src/model/dashboard.js';
import { isMySql, isPrometheus, queriesOfDashboard } from '../../grafana/src/query/queries-of-dashboard.js';
import { eventually, sleep } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';
import { columnsNamed, executeQuery, type QuerySources } from './execute-query.js';
import { SCRAPE_SECONDS, startPrometheus, type RunningPrometheus } from './prometheus-process.js';
import { loadSource, REPOSITORY } from './source-modules.js';

const DEVICES = 200;
const BACKLOG_SECONDS = 20;
/** One of the fleet, whose events are made to fail. */
const TROUBLED = 'DEMO-0001';

/** Queries that may find nothing, and why; a query that finds nothing otherwise is broken. */
const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  'cpemon-fleet / Open alerts / A': 'the short run has no alert that is asked for',
  'cpemon-fleet / What is wrong with devices / A': 'conditions hold for minutes before they are said',
  'cpemon-device / What is wrong with it / A': 'conditions hold for minutes before they are said',
  'cpemon-device / Doubts about its identity / A': 'no identity is in doubt',
  'cpemon-optics / Lines with a condition / A': 'conditions hold for minutes before they are said',
  'cpemon-ingest / Silent sources and models / A': 'silence is found after a minute',
};

let stack: RunningStack;
let prometheus: RunningPrometheus;
let reporting: DatabasePool;
let folder: string;
let began: number;
/** Epoch seconds in the middle of what was done on purpose. */
const moments: Record<'backlog' | 'outage' | 'after', number> = { backlog: 0, outage: 0, after: 0 };
let cut = 0;
let sources: QuerySources;

const nowSeconds = (): number => Date.now() / 1000;
const apiUrl = (): string => stack.file().processes.find(({ name }) => name === 'cpemon-api')?.url ?? '';
const post = (path: string, body: string): Promise<Response> =>
  fetch(`${apiUrl()}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.file().tokens.ingest}`, 'content-type': 'application/json' },
    body,
  });
/** Without waiting for the outcome of a process of its own: this one is the stack's parent. */
const cpemon = (...args: string[]): void => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/cpemon.mjs', '--data', stack.dataFolder, ...args],
    {
      cwd: REPOSITORY,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-dashboards-'));
  const { server } = readEnvironment(process.env);
  const programs = await findOrFetchPrometheus({ ...server, tell: (line) => console.log(line) });
  stack = await startStack({ devices: DEVICES, intervalSeconds: 2 });
  const targets = Object.fromEntries(
    stack.file().processes.map(({ name, ops_url: url }) => [name, [new URL(url ?? '').host]]),
  );
  prometheus = await startPrometheus(
    programs.prometheus,
    folder,
    20_000 + Math.floor(Math.random() * 11_000),
    targets,
  );
  began = nowSeconds();
  const { databaseUsers } = JSON.parse(readFileSync(join(stack.dataFolder, 'secrets.json'), 'utf8')) as {
    databaseUsers: { reporting: string };
  };
  reporting = openPool(
    {
      ...parseDatabaseUrl(stack.file().database.url),
      ...{ user: userName('reporting'), password: databaseUsers.reporting },
    },
    { connections: 2 },
  );
  await everybody('online', DEVICES);
  await eventually(
    'the figures are scraped',
    async () => (await figure('max(cpemon_pipeline_writers)')) === 1,
    30_000,
  );
  // A counter that moves before it was seen twice has no rate.
  await sleep(3000);
  await trouble();
  sources = {
    ...{ prometheus, database: reporting },
    shown: { from: Math.floor(began), to: Math.ceil(nowSeconds()), step: 1, scrapeSeconds: SCRAPE_SECONDS },
  };
}, 400_000);

afterAll(async () => {
  await reporting?.end();
  await prometheus?.stop();
  await stack?.discard();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const everybody = (status: string, devices: number): Promise<void> =>
  eventually(
    `${devices} devices are ${status}`,
    async () => (await stack.fleet()).by_status[status] === devices,
    90_000,
  );

/** A device that cannot be applied, an inventory, a refusal, an outage of a path, a backlog, a cut fibre. */
async function trouble(): Promise<void> {
  const failing = [{ sn: TROUBLED, type: 'cpemon.test.v1', fail: 'always' }];
  const heartbeat = JSON.stringify({
    sn: TROUBLED,
    rx_power_dbm: -26.5,
    interval_seconds: 5,
    sw_version: '1.0',
  });
  expect((await post('/cpe/heartbeat', heartbeat)).status).toBe(202);
  await post('/v1/telemetry', JSON.stringify(failing));
  const bad = await post('/cpe/heartbeat', '{"sn":"A1"');
  expect(bad.status).toBe(400);

  const simulator = stack.file().processes.find(({ name }) => name === 'cpe-simulator')?.url ?? '';
  const csv = join(folder, 'inventory.csv');
  // Devices say their model themselves: it is no label of the inventory.
  const rows = (await (await fetch(`${simulator}/inventory.csv`)).text()).replace(
    /,model\n/,
    ',model_group\n',
  );
  const line = rows.split('\n')[1] ?? '';
  writeFileSync(
    csv,
    `${rows}${[TROUBLED, '', '', 'L-1', '', '', '', ...line.split(',').slice(7)].join(',')}\n`,
  );
  cpemon('inventory', 'import', csv);

  await stack.scale('acs-ingest', 0);
  await eventually(
    'the path is down',
    () => isZero('min(cpemon_intake_path_accepting{path="webhook"})'),
    30_000,
  );
  moments.outage = nowSeconds();
  await sleep(6000);
  await stack.scale('acs-ingest', 1);

  await stack.scale('cpemon-writer', 0);
  await sleep(BACKLOG_SECONDS * 1000);
  moments.backlog = nowSeconds() - 2;
  await stack.scale('cpemon-writer', 1);
  await eventually(
    'the backlog is drained',
    async () => (await stack.pipeline()).totals.lag_events < DEVICES,
    60_000,
  );

  await stack.simulator('/scenarios/fibre-cut');
  const lines = (await (await fetch(`${simulator}/truth/devices`)).text()).trim().split('\n');
  cut = lines.filter((line) => (JSON.parse(line) as { cut: boolean }).cut).length;
  await eventually(
    'what was cut is offline',
    async () => ((await stack.fleet()).by_status['offline'] ?? 0) >= cut,
    90_000,
  );
  await eventually(
    'an event is given up',
    async () => (await figure('max(cpemon_pipeline_set_aside_events{state="dead"})')) > 0,
    60_000,
  );
  // One that waits, beside the one that was given up; and history over which rates can be taken.
  await post('/v1/telemetry', JSON.stringify(failing));
  await sleep(5000);
  moments.after = nowSeconds();
}

const figure = async (expr: string, at?: number): Promise<number> =>
  (await prometheus.query(expr, at))[0]?.values[0]?.[1] ?? NaN;
const isZero = async (expr: string): Promise<boolean> => (await figure(expr)) === 0;

/** What a person would choose. */
const VARIABLES: Record<string, string> = {
  ...{ label: 'model', serial: TROUBLED, page: 'http://127.0.0.1:8080' },
  path: '(heartbeat|telemetry|events|bulkdata|webhook|mirror|cwmp)',
};

const problemsOf = async (dashboard: Dashboard): Promise<string[]> => {
  const problems: string[] = [];
  for (const query of queriesOfDashboard(dashboard)) {
    const panel = dashboard.panels.find(({ title }) =>
      query.name.startsWith(`${dashboard.uid} / ${title} / `),
    );
    const columns = panel === undefined ? [] : columnsNamed(panel);
    const { problem, empty, milliseconds } = await executeQuery(query, VARIABLES, columns, sources);
    if (problem !== null) problems.push(problem);
    else if (empty && MAY_BE_EMPTY[query.name] === undefined) problems.push(`${query.name}: no data`);
    if (milliseconds > 1000) problems.push(`${query.name}: took ${Math.round(milliseconds)} ms`);
  }
  return problems;
};

test.each(Object.entries(allDashboards()))(
  'every query of the dashboard %s finds data',
  async (_file, dashboard) => {
    expect(await problemsOf(dashboard)).toEqual([]);
  },
);

test('the deliberate backlog is in the figures, and is over afterwards', async () => {
  const at = moments.backlog;
  expect(await figure('max(cpemon_pipeline_writers)', at)).toBe(0);
  expect(await figure('max(cpemon_pipeline_lanes{state="unowned"})', at)).toBe(16);
  // A device reports every 2 s.
  expect(await figure('max(cpemon_pipeline_backlog_events)', at)).toBeGreaterThan((DEVICES / 2) * 10);
  const age = await figure('max(cpemon_pipeline_oldest_event_age_seconds)', at);
  expect(age).toBeGreaterThan(10);
  expect(age).toBeLessThan(BACKLOG_SECONDS + 15);
  expect(await figure('max(increase(cpemon_pipeline_applied_events_total[8s]))', at)).toBe(0);
  expect(await figure('max(cpemon_pipeline_writers)', moments.after)).toBe(1);
  expect(await figure('max(cpemon_pipeline_oldest_event_age_seconds)', moments.after)).toBeLessThan(5);
  expect(
    await figure(
      'sum(cpemon_writer_visible_seconds_bucket{le="+Inf"}) - sum(cpemon_writer_visible_seconds_bucket{le="5"})',
    ),
  ).toBeGreaterThan(100);
});

test('the deliberate outage of a path is in the figures, and in the annotations', async () => {
  const path = (name: string) => `min(cpemon_intake_path_accepting{path="${name}"})`;
  expect(await figure(path('webhook'), moments.outage)).toBe(0);
  expect(await figure(path('heartbeat'), moments.outage)).toBe(1);
  expect(await figure(path('webhook'), moments.after)).toBe(1);
  const [rows] = await reporting.query(
    "SELECT started_at, ended_at FROM v_intake_gaps WHERE path = 'webhook'",
  );
  expect(rows).not.toEqual([]);
});

test('what was cut is offline, for Prometheus as for the database', async () => {
  expect(cut).toBeGreaterThan(2);
  const offline = await figure('max(cpemon_fleet_devices{status="offline"})');
  expect(offline).toBeGreaterThanOrEqual(cut);
  const [rows] = await reporting.query(
    "SELECT SUM(devices) AS offline FROM v_fleet WHERE reachability = 'offline'",
  );
  expect(Math.abs(Number((rows as { offline: string }[])[0]?.offline) - offline)).toBeLessThanOrEqual(2);
  expect(await figure('sum(max by (status) (cpemon_fleet_devices))')).toBe(DEVICES + 1);
  expect(await figure('sum(cpemon_simulator_devices{condition!="connected"})')).toBe(cut);
});

test('a metric or a column that is renamed is found, and panel and query are named', async () => {
  const dashboard = allDashboards()['pipeline'] as Dashboard;
  const panel = (title: string, at = 0) =>
    dashboard.panels.find((each) => each.title === title)?.targets?.[at];
  const rename = (title: string, at: number, from: string, to: string): void => {
    const target = panel(title, at)!;
    if (isPrometheus(target)) target.expr = target.expr.replace(from, to);
    else if (isMySql(target)) target.rawSql = target.rawSql.replace(from, to);
  };
  rename('Accepted and applied', 1, 'applied_events', 'done_events');
  rename('Lanes', 0, 'watermark', 'water_mark');
  rename('Who applies', 0, 'AS lease_seconds', 'AS lease_left');
  const problems = await problemsOf(dashboard);
  expect(problems).toEqual([
    expect.stringMatching(/^cpemon-pipeline \/ Accepted and applied \/ B: no data$/),
    expect.stringMatching(/^cpemon-pipeline \/ Lanes \/ A: Unknown column 'water_mark'/),
    expect.stringMatching(/^cpemon-pipeline \/ Who applies \/ A: has no column lease_seconds/),
  ]);
});

test('every process shows what it declares and nothing else', async () => {
  const { metrics } = await catalogueOf(await declaredMetrics(loadSource));
  for (const service of SERVICES) {
    const { text, names, series } = await liveMetrics(service);
    const declared = metrics.filter(({ services, runtime }) => !runtime && services.includes(service));
    const live = names.filter((name) => !/^cpemon_(process|nodejs)_/.test(name));
    expect([service, live.sort()]).toEqual([service, declared.map(({ name }) => name).sort()]);
    expect(series).toBeLessThan(MOST_SERIES);
    const values = new Set(
      [...text.matchAll(/^(cpemon_\w+)\{(.*)\} /gm)].flatMap(([, series = '', labels = '']) =>
        [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) =>
          JSON.stringify({ metric: series.replace(/_(bucket|sum|count)$/, ''), label, value }),
        ),
      ),
    );
    const undeclared = [...values]
      .map((text) => JSON.parse(text) as { metric: string; label: string; value: string })
      .filter(({ metric, label, value }) => {
        const known = declared.find(({ name }) => name === metric)?.labels[label];
        return known !== undefined && known.length > 0 && !known.includes(value);
      });
    expect([service, undeclared]).toEqual([service, []]);
    console.log(`${service}: ${series} series`);
  }
});

async function liveMetrics(service: Service): Promise<{ text: string; names: string[]; series: number }> {
  const url = stack.file().processes.find(({ name }) => name === service)?.ops_url ?? '';
  const text = await (await fetch(`${url}/metrics`)).text();
  return {
    text,
    names: [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name),
    series: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
  };
}
