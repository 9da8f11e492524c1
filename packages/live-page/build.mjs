import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
/** Where cpemon-api serves it from. */
const OUTPUT = join(HERE, '../../services/cpemon-api/dist/page');

/** What the scripts of the first screen may weigh, gzip: a phone on a bad line has them in a second. */
const MOST_FIRST_BYTES = 60_000;
/** And those of all screens together, charts among them. */
const MOST_BYTES = 120_000;

/** Pages, each of a script, a style sheet and a file that names them. */
const PAGES = [
  { html: 'index.html', script: 'main.tsx', style: 'style/page.css' },
  { html: 'docs.html', script: 'api-docs/api-docs.ts', style: 'style/api-docs.css' },
];

/**
 * Makes the files that browsers load: names carry a hash of the content, so they may be kept for ever.
 * @returns {Promise<{ firstBytes: number, allBytes: number }>} gzip, of the live page's scripts
 */
export async function buildPage(output = OUTPUT) {
  const { metafile } = await build({
    absWorkingDir: HERE,
    entryPoints: PAGES.flatMap(({ script, style }) => [`src/${script}`, `src/${style}`]),
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    // What only some screens need, such as charts, comes when one of them is opened.
    splitting: true,
    outdir: output,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // Sources, so that it can be built before anything else is.
    alias: { '@cpemon/api-client': join(HERE, '../api-client/src/index.ts') },
    metafile: true,
    logLevel: 'warning',
  });
  const files = Object.entries(metafile.outputs).map(([file, { entryPoint }]) => ({
    entryPoint,
    name: nameOf(file),
  }));
  const made = new Map(files.map(({ entryPoint, name }) => [entryPoint, name]));
  mkdirSync(output, { recursive: true });
  for (const { html, script, style } of PAGES) {
    const text = readFileSync(join(HERE, 'src', html), 'utf8')
      .replace('%SCRIPT%', made.get(`src/${script}`))
      .replace('%STYLE%', made.get(`src/${style}`));
    put(join(output, html), text);
  }
  put(join(output, 'favicon.svg'), readFileSync(join(HERE, 'src/favicon.svg')));
  const kept = new Set(files.flatMap(({ name }) => [name, `${name}.gz`]));
  for (const name of readdirSync(join(output, 'assets')))
    if (!kept.has(`assets/${name}`)) rmSync(join(output, 'assets', name), { force: true });
  for (const { name } of files) putGzip(join(output, name));
  const sizeOf = (names) =>
    [...names].reduce((sum, name) => sum + readFileSync(join(output, `${name}.gz`)).length, 0);
  const scripts = files.filter(
    ({ name }) => name.endsWith('.js') && name !== made.get('src/api-docs/api-docs.ts'),
  );
  const first = firstLoaded(metafile, 'src/main.tsx');
  return { firstBytes: sizeOf(first), allBytes: sizeOf(scripts.map(({ name }) => name)) };
}

/** A script and all that it imports at once. */
function firstLoaded({ outputs }, entryPoint) {
  const names = new Set();
  const add = (file) => {
    if (names.has(nameOf(file))) return;
    names.add(nameOf(file));
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') add(path);
  };
  add(Object.keys(outputs).find((file) => outputs[file].entryPoint === entryPoint));
  return names;
}

const nameOf = (file) => file.replace(/^.*\/assets\//, 'assets/');

/** Compressed once, here, and not at every load. */
function putGzip(file) {
  put(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
}

/** A page that is served meanwhile is the old one or the new one. */
function put(file, content) {
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { firstBytes, allBytes } = await buildPage(process.argv[2]);
  const isTooMuch = firstBytes > MOST_FIRST_BYTES || allBytes > MOST_BYTES;
  const words = [firstBytes, MOST_FIRST_BYTES, allBytes, MOST_BYTES].map((bytes) =>
    (bytes / 1000).toFixed(1),
  );
  // At `npm start` a page that is as it should be is nothing to read about.
  if (isTooMuch || process.env.npm_lifecycle_event === 'build')
    console.error(
      `Scripts of the live page (gzip): ${words[0]} kB at first, at most ${words[1]}; ${words[2]} kB in all, at most ${words[3]}`,
    );
  if (isTooMuch) process.exitCode = 1;
}
