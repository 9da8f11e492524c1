import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { installDependencies, requireNode, ROOT } from './build.mjs';

/**
 * Several test files at a time, because they mostly wait, and jest would take one on two cores. Running stacks come last,
 * when nothing else loads the machine.
 */
const RUNS = [
  ['--selectProjects', 'unit', 'db', '--maxWorkers=3'],
  ['--selectProjects', 'e2e', '--maxWorkers=2'],
];
const PROJECTS = ['--selectProjects', 'unit', 'db', 'e2e'];
/** So many files that failed beside others are run once more, alone: what fails then is broken, and not only slow. */
const MOST_FILES_AGAIN = 5;

requireNode();
installDependencies();
const jest = createRequire(join(ROOT, 'package.json')).resolve('jest/bin/jest');
const asked = process.argv.slice(2);
process.exit(asked.length === 0 ? runAll() : run([...asked, ...PROJECTS]).status);

function runAll() {
  const done = RUNS.map(run);
  const files = done.flatMap((one) => one.files);
  let status = done.find((one) => one.status !== 0)?.status ?? 0;
  let [passed, failed] = [sum(done, 'passed'), sum(done, 'failed')];
  if (status !== 0 && files.length > 0 && files.length <= MOST_FILES_AGAIN) {
    console.log(`\nOnce more, alone:\n${files.join('\n')}\n`);
    const again = run([...PROJECTS, '--runInBand', '--runTestsByPath', ...files]);
    status = again.status;
    [passed, failed] = [passed + Math.max(0, failed - again.failed), again.failed];
    if (status === 0) console.log('\nThese failed beside others and passed alone; they want a look.');
  }
  console.log(`${passed} passed, ${failed} failed`);
  return status;
}

function sum(list, name) {
  return list.reduce((total, one) => total + one[name], 0);
}

/** The exit code, how many tests passed and failed, and the files with one that failed. */
function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-test-'));
  const report = join(folder, 'report.json');
  const { status } = spawnSync(process.execPath, [jest, ...args, '--json', `--outputFile=${report}`], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const files = testResults
      .filter((file) => file.status === 'failed')
      .map(({ name }) => relative(ROOT, name));
    return { status: status ?? 1, passed: numPassedTests, failed: numFailedTests, files };
  } catch {
    // jest did not come so far as to write one.
    return { status: status ?? 1, passed: 0, failed: 0, files: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
