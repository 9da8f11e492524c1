import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

requireNode();
installDependencies();
build('packages/demos');
const { runDemoCommand } = createRequire(import.meta.url)(join(ROOT, 'packages/demos/dist/index.js'));
process.exitCode = await runDemoCommand(process.argv.slice(2), ROOT);
