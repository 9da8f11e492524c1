// npm run test:plants [-- NAME...]: every known bug must be caught by the checker, within two minutes each.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const WITHIN_MS = 120_000;
const chaos = join(dirname(fileURLToPath(import.meta.url)), 'chaos.mjs');
const run = (args, options) =>
  spawnSync(process.execPath, [chaos, ...args], { encoding: 'utf8', ...options });

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : run(['--list-plants']).stdout.trim().split('\n');
let missed = 0;
for (const name of names) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = run(['--plant', name], { timeout: WITHIN_MS });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const proof = stdout.split(`plant ${name}: caught: `)[1]?.split('\n')[0];
  const caught = status === 1 && proof !== undefined;
  if (!caught) missed += 1;
  console.log(`${caught ? 'caught' : 'NOT CAUGHT'}  ${name} (${seconds} s)`);
  console.log(caught ? `        ${proof}` : `${stdout.slice(-3000)}${stderr}`);
}
console.log(`plants: ${names.length - missed} of ${names.length} caught`);
process.exit(missed === 0 ? 0 : 1);
