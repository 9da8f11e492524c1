import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, buildPage, installDependencies, requireNode, ROOT } from './build.mjs';

requireNode();
installDependencies();
build(
  'packages/local-stack',
  'services/cpemon-api',
  'services/acs-ingest',
  'services/cpemon-writer',
  'services/cpe-simulator',
);
buildPage();
const { start } = createRequire(import.meta.url)(join(ROOT, 'packages/local-stack/dist/start.js'));
await start(process.argv.slice(2), ROOT);
