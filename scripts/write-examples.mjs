// npm run write:examples: writes the figures of docs/examples as the tests of tests/examples see them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

const jest = createRequire(join(ROOT, 'package.json')).resolve('jest/bin/jest.js');
const run = spawnSync(
  process.execPath,
  [jest, '--selectProjects', 'examples', '--testPathPatterns', 'tests/examples/'],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, CPEMON_WRITE_EXAMPLES: '1' },
  },
);
process.exit(run.status ?? 1);
