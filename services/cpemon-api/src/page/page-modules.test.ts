import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The page's modules run in browsers and are never compiled, so their tests run in Node's own runner. */
const testFiles = readdirSync(__dirname).filter((name) => name.endsWith('.test.mjs'));

it.each(testFiles)('%s: every rule of the live page holds', (name) => {
  const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', join(__dirname, name)], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`${run.stdout}\n${run.stderr}`);
  expect(run.stdout).toMatch(/^# pass [1-9]/m);
});
