import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './build.mjs';

/**
 * Adds to package-lock.json the optional packages of other platforms that the registry at hand did not have. npm leaves
 * them out silently, and then `npm ci` refuses the file everywhere. Run it after `npm install` has changed the file.
 */
const file = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));

const SYSTEMS = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'];
const LIBRARIES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (placesOf(name, path).some((place) => place in lock.packages)) continue;
    const platform = platformOf(name);
    if (!/^\d/.test(version) || platform.os === undefined || platform.cpu === undefined) {
      console.error(
        `${name} ${version} is missing from package-lock.json, and its name does not tell its platform`,
      );
      process.exitCode = 1;
      continue;
    }
    const dev = entry.dev === true ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...dev, optional: true };
    added.push(`${name} ${version}`);
  }
}
if (added.length > 0) {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(`${relative(ROOT, file)}: ${added.length} packages added`);
for (const line of added) console.log(`  ${line}`);

/** Where Node looks for a package that the one at `path` asks for. */
function placesOf(name, path) {
  const places = [];
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    places.push(`${folder === '' ? '' : `${folder}/`}node_modules/${name}`);
    if (folder === '') return places;
    if (!folder.includes('/node_modules/')) folder = '';
  }
}

/** From names such as `@swc/core-linux-arm-gnueabihf`. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  const libc =
    os === 'linux' ? words.map((word) => LIBRARIES[word]).find((known) => known !== undefined) : undefined;
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(os === undefined ? {} : { os: [os] }),
  };
}
