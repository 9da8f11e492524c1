import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, installDependencies, requireNode, ROOT } from './build.mjs';

/**
 * Compares the schemas of the log's events with their snapshots and their page. Fails when a change breaks a reader, and
 * when snapshots or page are not up to date; `--write` brings those up to date, unless a reader would break.
 */
requireNode();
installDependencies();
build('packages/contracts');
const { EVENT_SCHEMAS, compareSnapshots, schemaPage } = createRequire(join(ROOT, 'package.json'))(
  './packages/contracts/dist/schemas/index.js',
);

const SNAPSHOTS = join(ROOT, 'packages/contracts/schemas');
const PAGE = join(ROOT, 'docs/schemas.md');
const MARK = '<!-- from here on made by npm run write:schemas -->';

mkdirSync(SNAPSHOTS, { recursive: true });
const snapshots = Object.fromEntries(
  readdirSync(SNAPSHOTS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [basename(file, '.json'), JSON.parse(readFileSync(join(SNAPSHOTS, file), 'utf8'))]),
);
const { broken, outdated } = compareSnapshots(EVENT_SCHEMAS, snapshots);
if (broken.length > 0) {
  console.error(`Schemas of events changed in a way that breaks a reader:\n  ${broken.join('\n  ')}`);
  console.error(
    'Undo it, or make a new major version: another type, read beside this one (docs/schemas.md).',
  );
  process.exit(1);
}

const page = readFileSync(PAGE, 'utf8');
const written = `${page.slice(0, page.indexOf(MARK) + MARK.length)}\n\n${schemaPage(EVENT_SCHEMAS)}\n`;
if (process.argv.includes('--write')) {
  for (const type of outdated) {
    writeFileSync(join(SNAPSHOTS, `${type}.json`), `${JSON.stringify(EVENT_SCHEMAS[type], null, 2)}\n`);
  }
  writeFileSync(PAGE, written);
} else if (outdated.length > 0 || written !== page) {
  const what = [
    ...outdated.map((type) => `the snapshot of ${type}`),
    ...(written === page ? [] : ['docs/schemas.md']),
  ];
  console.error(`Not up to date: ${what.join(', ')}. Run: npm run write:schemas`);
  process.exit(1);
}
