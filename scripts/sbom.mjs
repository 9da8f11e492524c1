import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

/**
 * `node scripts/sbom.mjs SERVICE [--node VERSION]` prints what is in an image (acs-ingest, cpemon-api, cpemon-writer,
 * cpe-simulator, migrate) as CycloneDX 1.6 JSON: the packages of package-lock.json that it can reach, ours among them,
 * and Node.js. The same lock file gives the same text.
 */
const ENTRIES = {
  'acs-ingest': 'services/acs-ingest',
  'cpemon-api': 'services/cpemon-api',
  'cpemon-writer': 'services/cpemon-writer',
  'cpe-simulator': 'services/cpe-simulator',
  migrate: 'packages/local-stack',
};

const [service, option, nodeVersion, ...rest] = process.argv.slice(2);
const entry = ENTRIES[service];
if (
  entry === undefined ||
  (option !== undefined && (option !== '--node' || !nodeVersion)) ||
  rest.length > 0
) {
  console.error(`usage: node scripts/sbom.mjs ${Object.keys(ENTRIES).join('|')} [--node VERSION]`);
  process.exit(2);
}

const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(lockText);
const own = packages[entry];
const reached = reach(entry);
// A package that lies in two places is one component, with what both depend on.
const byReference = new Map();
for (const [path, item] of reached) {
  const known = byReference.get(purlOf(path, item));
  byReference.set(purlOf(path, item), {
    ...{ path, item },
    dependsOn: [...(known?.dependsOn ?? []), ...item.dependsOn],
  });
}
const components = [...byReference.values()]
  .filter(({ path }) => path !== entry)
  .map(({ path, item }) => component(path, item))
  .sort((a, b) => a['bom-ref'].localeCompare(b['bom-ref'], 'en'));
if (nodeVersion !== undefined)
  components.push({
    ...{ type: 'platform', name: 'node', version: nodeVersion },
    ...{ 'bom-ref': `pkg:generic/node@${nodeVersion}`, purl: `pkg:generic/node@${nodeVersion}` },
  });

const root = component(entry, own);
console.log(
  JSON.stringify(
    {
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: `urn:uuid:${uuidOf(`${service} ${nodeVersion ?? ''} ${lockText}`)}`,
      version: 1,
      metadata: { component: { ...root, type: 'application' } },
      components,
      dependencies: [...byReference]
        .map(([ref, { dependsOn }]) => ({ ref, dependsOn: [...new Set(dependsOn)].sort() }))
        .sort((a, b) => a.ref.localeCompare(b.ref, 'en')),
    },
    null,
    2,
  ),
);

/** Every package that `from` needs when it runs, by its path in the lock file. */
function reach(from) {
  const found = new Map();
  const visit = (path) => {
    if (found.has(path)) return;
    const item = packages[path];
    const entryOfPath = { ...item, dependsOn: [] };
    found.set(path, entryOfPath);
    const wanted = { ...item.dependencies, ...item.optionalDependencies };
    for (const name of Object.keys(wanted)) {
      const target = resolveFrom(path, name);
      if (target === undefined) {
        if (name in (item.optionalDependencies ?? {})) continue;
        throw new Error(`package-lock.json has no ${name}, which ${path} depends on: run npm install`);
      }
      visit(target);
      entryOfPath.dependsOn.push(purlOf(target, packages[target]));
    }
  };
  visit(from);
  return found;
}

/** As Node.js looks for a package: beside, then further and further up. */
function resolveFrom(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    const item = packages[place];
    if (item !== undefined) return item.link ? item.resolved : place;
    if (folder === '') return undefined;
  }
}

function nameOf(path, item) {
  return item.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function purlOf(path, item) {
  return `pkg:npm/${nameOf(path, item).replace('@', '%40')}@${item.version}`;
}

function component(path, item) {
  const name = nameOf(path, item);
  const [algorithm, digest] = (item.integrity ?? '').split('-');
  return {
    type: 'library',
    'bom-ref': purlOf(path, item),
    name,
    version: item.version,
    purl: purlOf(path, item),
    ...(item.license === undefined ? {} : { licenses: [licenseOf(item.license)] }),
    ...(algorithm === 'sha512'
      ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }
      : {}),
  };
}

function licenseOf(license) {
  return / (OR|AND|WITH) /.test(license) ? { expression: license } : { license: { id: license } };
}

function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
