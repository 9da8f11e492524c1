import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPool, parseDatabaseUrl, userName } from '@cpemon/database';
import { allDashboards } from '../../grafana/src/dashboards/all-dashboards.js';
import { pipeline } from '../../grafana/src/dashboards/pipeline.js';
import { expandPromQl } from '../../grafana/src/query/grafana-macros.js';
import { isPrometheus } from '../../grafana/src/query/queries-of-dashboard.js';
import { eventually, sleep } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';
import { drawDashboard } from './drawing/draw-dashboard.js';
import { readPanel, type PanelData } from './drawing/panel-data.js';
import type { QuerySources } from './execute-query.js';
import { askPrometheus } from './prometheus-process.js';
import { REPOSITORY } from './source-modules.js';

/** Three minutes without a writer: `npm run test:dashboards -- --backlog`, and with `--write` the table of the docs. */
const AWAY_SECONDS = Number(process.env['BACKLOG_SECONDS'] ?? 0);
const PAGE = join(REPOSITORY, 'docs/observability.md');
const PICTURES = join(REPOSITORY, 'docs/images');
const MARKS = {
  begin: '<!-- backlog: npm run test:dashboards -- --backlog --write -->',
  end: '<!-- /backlog -->',
};
const DEVICES = 200;
const BEFORE_SECONDS = 75;
/** Looks at a phase are this far apart at least. */
const LOOK_EVERY_SECONDS = 30;
/** Those of `npm start -- --observe`. */
const SCRAPE_SECONDS = 5;

/** Numbers of the dashboard's first row, by title, and alerts of the pipeline with their state. */
interface Look {
  when: string;
  figures: Record<string, number>;
  alerts: string[];
}

const whenAsked = AWAY_SECONDS > 0 ? describe : describe.skip;
whenAsked(`a writer that is away for ${AWAY_SECONDS} s`, () => {
  let stack: RunningStack | undefined;
  let prometheus = '';
  let alertmanager = '';
  const looks: Look[] = [];
  afterAll(() => stack?.discard(), 60_000);

  const stats = pipeline().panels.filter(({ type, targets = [] }) => type === 'stat' && targets.length > 0);
  const firstRow = stats.slice(0, 6);

  async function look(when: string): Promise<Look> {
    const figures: Record<string, number> = {};
    const now = Math.floor(Date.now() / 1000);
    const shown = { from: now - 300, to: now, step: SCRAPE_SECONDS, scrapeSeconds: SCRAPE_SECONDS };
    for (const { title, targets = [] } of firstRow) {
      const [target] = targets;
      if (target === undefined || !isPrometheus(target)) continue;
      const expr = encodeURIComponent(expandPromQl(target.expr, shown, {}));
      const answer = await fetch(`${prometheus}/api/v1/query?query=${expr}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      figures[title] = Number(data.result[0]?.value[1] ?? NaN);
    }
    const seen = { when, figures, alerts: await pipelineAlerts() };
    looks.push(seen);
    return seen;
  }

  async function pipelineAlerts(): Promise<string[]> {
    const told = (await (await fetch(`${alertmanager}/api/v2/alerts`)).json()) as {
      labels: Record<string, string>;
      status: { state: string; inhibitedBy: string[] };
    }[];
    return told
      .filter(({ labels }) => labels['layer'] === 'pipeline')
      .map(({ labels, status }) => {
        const inhibited = status.inhibitedBy.length > 0 ? ', inhibited' : '';
        return `${labels['alertname']} (${labels['severity']}${inhibited})`;
      })
      .sort();
  }

  test('the alert fires, inhibits what follows from it, and is over when the writer is back; the numbers show each phase', async () => {
    stack = await startStack({ devices: DEVICES, intervalSeconds: 2, options: ['--observe'] });
    [, prometheus = '', alertmanager = ''] =
      /Prometheus: (\S+)\/ {2}Alertmanager: (\S+)\//.exec(stack.output()) ?? [];
    await sleep(BEFORE_SECONDS * 1000);
    const before = await look('before');
    expect(before.alerts).toEqual([]);
    expect(before.figures['Writers']).toBe(1);

    const stoppedAt = Date.now();
    const since = (): number => Math.round((Date.now() - stoppedAt) / 1000);
    await stack.scale('cpemon-writer', 0);
    await sleep(10_000);
    await look(`${since()} s`);
    while (since() < AWAY_SECONDS - LOOK_EVERY_SECONDS) {
      await sleep(LOOK_EVERY_SECONDS * 1000);
      await look(`${since()} s`);
    }
    await eventually(
      'it is told that no writer runs, and what follows from that is inhibited',
      async () => {
        const told = await pipelineAlerts();
        return (
          told.includes('CpemonNoWriter (critical)') &&
          told.some((alert) => alert.startsWith('CpemonLanesWithoutOwner') && alert.includes('inhibited'))
        );
      },
      90_000,
    );
    await sleep(Math.max(0, AWAY_SECONDS - since()) * 1000);
    const away = await look(`${since()} s`);
    expect(away.figures['Writers']).toBe(0);
    expect(away.figures['Backlog']).toBeGreaterThan((DEVICES / 2) * AWAY_SECONDS * 0.7);
    expect(away.figures['Oldest event that waits']).toBeGreaterThan(AWAY_SECONDS * 0.8);
    expect(away.figures['Applied']).toBe(0);

    await stack.scale('cpemon-writer', 1);
    await sleep(5000);
    await look(`${since()} s, a writer is back`);
    await eventually(
      'it has caught up',
      async () => (await stack!.pipeline()).totals.lag_events < DEVICES,
      90_000,
    );
    await sleep(10_000);
    await look(`${since()} s`);
    await eventually('nothing is told any more', async () => (await pipelineAlerts()).length === 0, 150_000);
    const after = await look(`${since()} s`);
    expect(after.figures['Oldest event that waits']).toBeLessThan(5);
    expect((await stack.fleet()).by_status['offline'] ?? 0).toBe(0);

    const table = tableOf(looks);
    console.log(table);
    if (process.env['WRITE_DOCS'] === undefined) return;
    const page = readFileSync(PAGE, 'utf8');
    const [head = '', rest = ''] = page.split(MARKS.begin);
    const tail = rest.split(MARKS.end)[1];
    if (tail === undefined) throw new Error(`${PAGE} has no place for the table`);
    await drawPictures();
    writeFileSync(PAGE, `${head}${MARKS.begin}\n\n${table}\n\n${MARKS.end}${tail}`);
  }, 900_000);

  /** Every dashboard with what its queries find now, over the time since the start. */
  async function drawPictures(): Promise<void> {
    const { databaseUsers } = JSON.parse(readFileSync(join(stack!.dataFolder, 'secrets.json'), 'utf8')) as {
      databaseUsers: { reporting: string };
    };
    const address = parseDatabaseUrl(stack!.file().database.url);
    const login = { ...address, user: userName('reporting'), password: databaseUsers.reporting };
    const database = openPool(login, { connections: 2 });
    const to = Math.floor(Date.now() / 1000);
    const shown = { from: to - 420, to, step: SCRAPE_SECONDS, scrapeSeconds: SCRAPE_SECONDS };
    const sources: QuerySources = { prometheus: askPrometheus(prometheus), database, shown };
    const values = {
      ...{ label: 'model', serial: 'DEMO-0001', page: 'http://127.0.0.1:8080' },
      path: '(heartbeat|telemetry|events|bulkdata|webhook|mirror|cwmp)',
    };
    mkdirSync(PICTURES, { recursive: true });
    for (const [name, dashboard] of Object.entries(allDashboards())) {
      const data = new Map<number, PanelData>();
      for (const panel of dashboard.panels.filter(({ type }) => type !== 'row'))
        data.set(panel.id, await readPanel(panel, values, sources));
      writeFileSync(join(PICTURES, `dashboard-${name}.svg`), drawDashboard(dashboard, data));
    }
    await database.end();
  }

  function tableOf(rows: readonly Look[]): string {
    const titles = Object.keys(rows[0]?.figures ?? {});
    const shown = (value: number): string =>
      Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en-US');
    return [
      `| since the stop | ${titles.join(' | ')} | alerts of the pipeline |`,
      `| --- | ${titles.map(() => '---').join(' | ')} | --- |`,
      ...rows.map(({ when, figures, alerts }) => {
        const cells = titles.map((title) => shown(figures[title] ?? NaN));
        return `| ${when} | ${cells.join(' | ')} | ${alerts.length === 0 ? 'none' : alerts.join('; ')} |`;
      }),
    ].join('\n');
  }
});
