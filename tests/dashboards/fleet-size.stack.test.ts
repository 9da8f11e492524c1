import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, migrate, openPool, refreshUsers, userName, type DatabasePool } from '@cpemon/database';
import {
  findOrFetchServer,
  readEnvironment,
  startPrivateDatabase,
  type PrivateDatabase,
} from '@cpemon/local-stack';
import { fillDevices } from '../../bench/src/search/fill-devices.js';
import { allDashboards } from '../../grafana/src/dashboards/all-dashboards.js';
import { isMySql, queriesOfDashboard } from '../../grafana/src/query/queries-of-dashboard.js';
import { executeQuery, type QuerySources } from './execute-query.js';
import { fillDashboards } from './fill-dashboards.js';
import { REPOSITORY } from './source-modules.js';

/** The long form: `npm run test:dashboards -- --long`. */
const DEVICES = Number(process.env['DASHBOARD_DEVICES'] ?? 0);
const MOST_MILLISECONDS = 1000;
const RUNS = 3;
const SLOWEST_SHOWN = 8;
const GIB = 1024 ** 3;
const ASKED = 4711;

let folder: string;
let server: PrivateDatabase | undefined;
let reporting: DatabasePool | undefined;
let serial: string;

const whenAsked = DEVICES > 0 ? describe : describe.skip;
whenAsked(`dashboards at ${DEVICES} devices`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cpemon-fleet-size-'));
    const environment = readEnvironment(process.env);
    const program = await findOrFetchServer({ ...environment.server, tell: (line) => console.log(line) });
    server = await startPrivateDatabase({
      ...{ server: program, folder, adminPassword: randomBytes(12).toString('hex') },
      ...{ bufferPoolBytes: 2 * GIB, redoLogBytes: 2 * GIB },
    });
    const schema = 'cpemon';
    const admin = await connect(server.address, {});
    await admin.query(`CREATE DATABASE ${schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await admin.end();
    const address = { ...server.address, schema };
    await migrate(address, resolve(REPOSITORY, 'sql'));
    const connection = await connect(address, {});
    const filled = await fillDevices(connection, DEVICES);
    serial = filled.serialOf(ASKED);
    await fillDashboards(connection, DEVICES, ASKED);
    await connection.query(
      'ANALYZE TABLE devices, device_state, device_events, change_feed, fleet_label_counts',
    );
    await connection.end();
    const password = `Pass-1-${randomBytes(12).toString('hex')}`;
    const pool = openPool(address, { connections: 1 });
    await refreshUsers(pool, schema, { reporting: password });
    await pool.end();
    reporting = openPool({ ...address, user: userName('reporting'), password }, { connections: 2 });
  }, 900_000);
  afterAll(async () => {
    await reporting?.end();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('every SQL query of every dashboard finds its data in less than a second', async () => {
    const now = Math.floor(Date.now() / 1000);
    const sources: QuerySources = {
      prometheus: { query: () => Promise.resolve([]), range: () => Promise.resolve([]) },
      database: reporting!,
      shown: { from: now - 6 * 3600, to: now, step: 15, scrapeSeconds: 15 },
    };
    const values = { label: 'olt', serial, page: 'http://127.0.0.1:8080' };
    const problems: string[] = [];
    const times: { name: string; milliseconds: number }[] = [];
    for (const dashboard of Object.values(allDashboards())) {
      for (const query of queriesOfDashboard(dashboard).filter(({ target }) => isMySql(target))) {
        let slowest = 0;
        for (let turn = 0; turn < RUNS; turn += 1) {
          const { problem, empty, milliseconds } = await executeQuery(query, values, [], sources);
          slowest = Math.max(slowest, milliseconds);
          if (turn === 0 && problem !== null) problems.push(problem);
          else if (turn === 0 && empty) problems.push(`${query.name}: no data`);
        }
        times.push({ name: query.name, milliseconds: slowest });
        if (slowest > MOST_MILLISECONDS) problems.push(`${query.name}: took ${Math.round(slowest)} ms`);
      }
    }
    times.sort((one, other) => other.milliseconds - one.milliseconds);
    const shown = times
      .slice(0, SLOWEST_SHOWN)
      .map(({ name, milliseconds }) => `${Math.round(milliseconds)} ms  ${name}`);
    console.log([`${times.length} queries, the slowest of ${RUNS} runs each:`, ...shown].join('\n'));
    expect(problems).toEqual([]);
  }, 300_000);
});
