import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installDependencies, requireNode, ROOT } from './build.mjs';

/**
 * Several test files at a time, because they mostly wait, and jest would take one on two cores. Running stacks come last,
 * when nothing else loads the machine.
 */
const RUNS = [
  ['--selectProjects', 'unit', 'db', '--maxWorkers=3'],
  ['--selectProjects', 'e2e', '--maxWorkers=2'],
];

requireNode();
installDependencies();
const jest = createRequire(join(ROOT, 'package.json')).resolve('jest/bin/jest');
const asked = process.argv.slice(2);
const runs = asked.length === 0 ? RUNS : [[...asked, '--selectProjects', 'unit', 'db', 'e2e']];
let failed = 0;
for (const args of runs) {
  const { status } = spawnSync(process.execPath, [jest, ...args], { cwd: ROOT, stdio: 'inherit' });
  failed ||= status ?? 1;
}
process.exit(failed);
