import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

requireNode();
installDependencies();
build('services/cpe-simulator');
const { simulate } = createRequire(import.meta.url)(
  join(ROOT, 'services/cpe-simulator/dist/command-line/simulate.js'),
);
await simulate(process.argv.slice(2));
