import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

/**
 * `npm run check:k8s`: renders every overlay and combination of components and checks them strictly; kubectl must be there.
 * `-- --server` asks the API server of KUBECONFIG as well, which changes nothing: it wants the namespace cpemon to exist.
 */
const jest = createRequire(join(ROOT, 'package.json')).resolve('jest/bin/jest');
const args = process.argv.slice(2);
const unknown = args.filter((argument) => argument !== '--server');
if (unknown.length > 0) {
  console.error(`check:k8s takes --server and nothing else, not ${unknown.join(' ')}`);
  process.exit(2);
}

run(process.execPath, [jest, '--selectProjects', 'unit', '--testPathPatterns', 'tests/k8s']);
if (args.includes('--server')) {
  for (const overlay of ['lab', 'production-example']) {
    console.log(`k8s/overlays/${overlay}, by the API server:`);
    run('kubectl', [
      ...['apply', '--dry-run=server', '--validate=strict'],
      ...['-k', join(ROOT, 'k8s/overlays', overlay)],
    ]);
  }
}

function run(program, programArgs) {
  const { status, error } = spawnSync(program, programArgs, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, CPEMON_NEEDS_KUBECTL: '1' },
  });
  if (status === 0) return;
  if (error) console.error(`${program}: ${error.message}`);
  process.exit(status ?? 1);
}
