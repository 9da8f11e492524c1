// npm run fuzz -- --minutes N --seed S: builds what changed, then runs tests/fuzz in the foreground and leaves with its
// exit code. It may collect garbage when it likes, to tell a leak from what is merely not collected yet.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, requireNode, ROOT } from './build.mjs';

requireNode();
build(join(ROOT, 'tests/fuzz'));
const program = join(ROOT, 'tests/fuzz/dist/tests/fuzz/main.js');
const fuzz = spawn(process.execPath, ['--expose-gc', program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => fuzz.kill('SIGTERM'));
fuzz.on('exit', (code) => process.exit(code ?? 1));
