import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

/** Writes sql/schema.sql from the migrations. */
requireNode();
installDependencies();
build('packages/local-stack');
const program = createRequire(join(ROOT, 'package.json')).resolve(
  './packages/local-stack/dist/dump-schema.js',
);
process.exit(spawnSync(process.execPath, [program], { cwd: ROOT, stdio: 'inherit' }).status ?? 1);
