import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

/** Forms that take minutes and are run in place of the usual tests: the test, and what it is told. */
const FORMS = {
  // How long every SQL query takes at a million devices; needs no Prometheus.
  '--long': { test: 'fleet-size', environment: { DASHBOARD_DEVICES: '1000000' } },
  // Alerts and the numbers of the dashboard while no writer runs; with --write into docs/observability.md.
  '--backlog': { test: 'backlog-alerts', environment: { BACKLOG_SECONDS: '180' } },
};
const OWN_OPTIONS = [...Object.keys(FORMS), '--if-available', '--write'];

/**
 * Runs a stack with faults, a Prometheus that scrapes it, and every query of every dashboard; checks rules and the
 * configuration of the Alertmanager with their own tools. `--if-available` passes where Prometheus is not there and cannot
 * be fetched, and says so. What follows goes to jest.
 */
requireNode();
installDependencies();
build('packages/local-stack');
const require = createRequire(join(ROOT, 'package.json'));
const { findOrFetchPrometheus, readEnvironment } = require('./packages/local-stack/dist/index.js');

const args = process.argv.slice(2);
const form = FORMS[Object.keys(FORMS).find((option) => args.includes(option))];
if (form !== FORMS['--long']) await needPrometheus();
const { status } = spawnSync(
  process.execPath,
  [
    ...[require.resolve('jest/bin/jest'), '--selectProjects', 'dashboards', '--runInBand'],
    ...(form === undefined ? [] : ['--testPathPatterns', form.test]),
    ...args.filter((argument) => !OWN_OPTIONS.includes(argument)),
  ],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...form?.environment,
      ...(args.includes('--write') ? { WRITE_DOCS: '1' } : {}),
      ...process.env,
    },
  },
);
process.exit(status ?? 1);

async function needPrometheus() {
  try {
    const { server } = readEnvironment(process.env);
    await findOrFetchPrometheus({ ...server, tell: (line) => console.log(line) });
  } catch (error) {
    console.error(error.message);
    if (!args.includes('--if-available')) process.exit(1);
    console.log('Dashboards and rules were not tested against a Prometheus.');
    process.exit(0);
  }
}
