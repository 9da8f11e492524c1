import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

/**
 * Compares the typed client with the routes of cpemon-api. Fails when it is not up to date; `--write` makes it anew.
 */
requireNode();
installDependencies();
build('services/cpemon-api');
const require = createRequire(join(ROOT, 'package.json'));
const { clientText, describeApi } = require('./services/cpemon-api/dist/index.js');

const { document } = describeApi();
const files = {
  'packages/api-client/src/operations.ts': clientText(document),
  'packages/api-client/openapi.json': JSON.stringify(document),
};
const outdated = [];
for (const [file, text] of Object.entries(files)) {
  const path = join(ROOT, file);
  const written = await format(text, { ...(await resolveConfig(path)), filepath: path });
  if (existsSync(path) && readFileSync(path, 'utf8') === written) continue;
  outdated.push(file);
  if (process.argv.includes('--write')) writeFileSync(path, written);
}
if (outdated.length > 0 && !process.argv.includes('--write')) {
  console.error(`Not up to date: ${outdated.join(', ')}. Run: npm run write:api-client`);
  process.exit(1);
}
