import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * Brings the compiled form of a package up to date, for what Node itself must load: threads and processes.
 * @throws Error with the compiler's words
 */
export function buildPackage(name: string): void {
  const root = resolve(__dirname, '../..');
  const tsc = require.resolve('typescript/bin/tsc');
  const build = spawnSync(process.execPath, [tsc, '-b', `packages/${name}`], { cwd: root, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(build.stdout);
}
