import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

requireNode();
const commandLine = join(ROOT, 'packages/local-stack/dist/cli.js');
if (!existsSync(commandLine)) {
  installDependencies();
  build('packages/local-stack');
}
const { runCommandLine } = createRequire(import.meta.url)(commandLine);
await runCommandLine(process.argv.slice(2), ROOT);
