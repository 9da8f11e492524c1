import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, buildPage, installDependencies, requireNode, ROOT } from './build.mjs';

/**
 * Runs the tests of the live page in the machine's own Chromium over a running stack. `--if-available` passes where there
 * is no Chromium, and says so; what follows goes to jest.
 */
requireNode();
installDependencies();
const { findChromium, NO_CHROMIUM } = await import('./chromium.mjs');

const args = process.argv.slice(2);
const program = findChromium();
if (program === undefined) {
  console.log(`The live page was not tested. ${NO_CHROMIUM}`);
  process.exit(args.includes('--if-available') ? 0 : 1);
}
build('packages/local-stack', 'services/cpemon-api', 'services/acs-ingest', 'services/cpemon-writer');
build('services/cpe-simulator');
buildPage();
const { status } = spawnSync(
  process.execPath,
  [
    createRequire(join(ROOT, 'package.json')).resolve('jest/bin/jest'),
    ...['--selectProjects', 'page', '--runInBand'],
    ...args.filter((argument) => argument !== '--if-available'),
  ],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, CPEMON_CHROMIUM: program } },
);
process.exit(status ?? 1);
