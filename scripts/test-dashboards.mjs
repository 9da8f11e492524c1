import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

/**
 * Runs a stack with faults, a Prometheus that scrapes it, and every query of every dashboard; checks rules and the
 * configuration of the Alertmanager with their own tools. `--if-available` passes where Prometheus is not there and cannot
 * be fetched, and says so; what follows goes to jest.
 */
requireNode();
installDependencies();
build('packages/local-stack');
const require = createRequire(join(ROOT, 'package.json'));
const { findOrFetchPrometheus, readEnvironment } = require('./packages/local-stack/dist/index.js');

const args = process.argv.slice(2);
try {
  const { server } = readEnvironment(process.env);
  await findOrFetchPrometheus({ ...server, tell: (line) => console.log(line) });
} catch (error) {
  console.error(error.message);
  if (!args.includes('--if-available')) process.exit(1);
  console.log('Dashboards and rules were not tested against a Prometheus.');
  process.exit(0);
}
const { status } = spawnSync(
  process.execPath,
  [
    ...[require.resolve('jest/bin/jest'), '--selectProjects', 'dashboards', '--runInBand'],
    ...args.filter((argument) => argument !== '--if-available'),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
process.exit(status ?? 1);
