import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installDependencies, requireNode, ROOT } from './build.mjs';

/** The jest projects that need Node and a database only; the rest are `npm run test:…`. */
const PROJECTS = ['unit', 'db'];

requireNode();
installDependencies();
const jest = createRequire(join(ROOT, 'package.json')).resolve('jest/bin/jest');
const { status } = spawnSync(
  process.execPath,
  [jest, '--selectProjects', ...PROJECTS, ...process.argv.slice(2)],
  { cwd: ROOT, stdio: 'inherit' },
);
process.exit(status ?? 1);
