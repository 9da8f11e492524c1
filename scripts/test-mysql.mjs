import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

/** What touches the database, on a real MySQL of 8.4 or later: every *.db.test.ts, then the running stacks alone. */
const RUNS = [
  ['--selectProjects', 'db'],
  ['--selectProjects', 'e2e', '--runInBand'],
];

const USAGE = `npm run test:mysql -- [--server PATH] [--if-available] [arguments of jest]
  --server PATH    the mysqld to use; else CPEMON_MYSQLD, else one on the PATH, else one that apt fetches
  --if-available   where there is none and none can be fetched: say so and succeed`;

const { values, positionals } = readArguments();
requireNode();
installDependencies();
build('packages/local-stack');
const require = createRequire(join(ROOT, 'package.json'));
const { findOrFetchMySql, readEnvironment } = require('./packages/local-stack/dist/index.js');

const server = await findServer();
const version = /Ver (\S+)/.exec(server.version)?.[1];
console.log(`MySQL ${version} (${server.program})`);
const began = Date.now();
const jest = require.resolve('jest/bin/jest');
const runs = positionals.length === 0 ? RUNS : [['--selectProjects', 'db', 'e2e', ...positionals]];
let failed = 0;
for (const args of runs) {
  const { status } = spawnSync(process.execPath, [jest, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, CPEMON_MYSQLD: server.program },
  });
  failed ||= status ?? 1;
}
const seconds = Math.round((Date.now() - began) / 1000);
console.log(`MySQL ${version}: the tests ${failed === 0 ? 'passed' : 'FAILED'} after ${seconds} s`);
process.exit(failed);

function readArguments() {
  try {
    return parseArgs({
      options: { server: { type: 'string' }, 'if-available': { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

async function findServer() {
  const { server: wish } = readEnvironment(process.env);
  const given = values.server ?? wish.given;
  try {
    return await findOrFetchMySql({ ...wish, ...(given && { given }), tell: (line) => console.error(line) });
  } catch (error) {
    console.error(error.message);
    const excused = values['if-available'] && values.server === undefined;
    console.log(excused ? 'No MySQL here: its tests were left out.' : 'No MySQL here: nothing was tested.');
    process.exit(excused ? 0 : 1);
  }
}
