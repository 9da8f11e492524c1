// npm run chaos -- --minutes N --seed S: builds what changed, then runs tests/chaos in the foreground and leaves with
// its exit code.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const projects = [
  ...['acs-ingest', 'cpemon-api', 'cpemon-writer'].map((name) => `services/${name}`),
  'tests/chaos',
];
const build = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...projects.map((path) => join(root, path))],
  { stdio: 'inherit' },
);
if (build.status !== 0) process.exit(build.status ?? 1);

const chaos = spawn(
  process.execPath,
  [join(root, 'tests/chaos/dist/chaos/main.js'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
// A Ctrl-C reaches it by itself; this process only waits until it has cleaned up.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => chaos.kill('SIGTERM'));
chaos.on('exit', (code) => process.exit(code ?? 1));
