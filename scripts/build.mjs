import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the process with a sentence when this Node is older than package.json allows. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `CPEmon needs Node 20.19 or later; this is ${process.version}. Get a newer one from https://nodejs.org`,
  );
  process.exit(1);
}

/** Installs the dependencies of package-lock.json when node_modules lacks one or has another version. */
export function installDependencies() {
  if (isInstalled()) return;
  console.error('Installing dependencies (npm ci)');
  // npm as a program of its own: `npm run` names it in npm_execpath, else the shell finds it.
  const npm = process.env.npm_execpath;
  const [program, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  run(program, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** npm notes in node_modules what it has put there. */
function isInstalled() {
  const marker = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(marker)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(marker);
  return Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).every(
    ([path, { version, optional, devOptional }]) =>
      !path.startsWith('node_modules/') ||
      optional ||
      devOptional ||
      (path in installed && installed[path].version === version),
  );
}

/** Compiles what is newer than its output. */
export function build(...projects) {
  const tsc = createRequire(join(ROOT, 'package.json')).resolve('typescript/bin/tsc');
  run(process.execPath, [tsc, '-b', ...projects]);
}

/** Makes the files of the live page, which cpemon-api serves. */
export function buildPage() {
  run(process.execPath, [join(ROOT, 'packages/live-page/build.mjs')]);
}

function run(program, args) {
  const result = spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (result.status === 0) return;
  console.error(`${[program, ...args].join(' ')} failed${result.error ? `: ${result.error.message}` : ''}`);
  process.exit(1);
}
