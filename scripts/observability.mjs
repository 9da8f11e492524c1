import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

/**
 * Compares dashboards, rules and the list of metrics with what they are made from; `--write` makes them anew. Prints how
 * many series a replica of each service has.
 */
requireNode();
installDependencies();
build('grafana');
const require = createRequire(join(ROOT, 'package.json'));
const { catalogueOf, declaredMetrics, madeFiles, MOST_SERIES, SERVICES } = require('./grafana/dist/index.js');

const load = (file) => require(`./${file.replace('/src/', '/dist/')}.js`);
const catalogue = await catalogueOf(await declaredMetrics(load));
for (const service of SERVICES)
  console.log(`${service}: ${catalogue.series[service]} series a replica (at most ${MOST_SERIES})`);

const stale = Object.entries(madeFiles(catalogue)).filter(([path, content]) => {
  const file = join(ROOT, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== content;
});
if (process.argv.includes('--write')) {
  for (const [path, content] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), content);
    console.log(`wrote ${path}`);
  }
} else if (stale.length > 0) {
  console.error(
    `Not up to date: ${stale.map(([path]) => path).join(', ')}. Run: npm run write:observability`,
  );
  process.exit(1);
}
