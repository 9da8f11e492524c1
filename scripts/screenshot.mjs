/* global document, location */
/**
 * Makes the README's picture from a running stack: `node scripts/screenshot.mjs`, after `npm start`.
 * It drives the machine's own Chromium; nothing is downloaded.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** The page draws one minute; the picture is taken when it has it. */
const CURVE_SECONDS = 60;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '.cpemon' },
    url: { type: 'string' },
    token: { type: 'string' },
    out: { type: 'string', default: join(ROOT, 'docs/images/live-page.png') },
    width: { type: 'string', default: '1280' },
    height: { type: 'string', default: '800' },
    scheme: { type: 'string', default: 'light' },
    wait: { type: 'string', default: String(CURVE_SECONDS) },
    freshness: { type: 'string', default: 'live' },
    browser: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`node scripts/screenshot.mjs [--data DIR] [--out FILE] [--scheme light|dark] [--width 1280] [--height 800]
  --url URL        a page other than that of the stack in --data (.cpemon)
  --token TOKEN    viewer token for --url
  --wait SECONDS   how long the page runs before the picture (60: the length of its curves)
  --freshness WORD what the page must be: live, behind or old (live)
  --browser PATH   Chromium or Chrome`);
  process.exit(0);
}

const stack =
  options.url === undefined ? readStack(options.data) : { url: options.url, token: options.token };
const browser = await chromium.launch({
  executablePath: findBrowser(),
  args: [
    '--headless',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Chromium's sandbox does not work for root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
});
try {
  const page = await browser.newPage({
    viewport: { width: Number(options.width), height: Number(options.height) },
    colorScheme: options.scheme,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  await page.goto(
    stack.token === undefined ? stack.url : `${stack.url}#token=${encodeURIComponent(stack.token)}`,
  );
  await page.waitForSelector('#device-rows tr', { timeout: 60_000 });
  await page.waitForTimeout(Number(options.wait) * 1_000);
  const state = await page.evaluate(() => document.body.dataset.freshness);
  if (state !== options.freshness) {
    throw new Error(`The page is "${state}": ${await page.textContent('#warning')}`);
  }
  mkdirSync(dirname(resolve(options.out)), { recursive: true });
  await page.screenshot({ path: options.out });
  console.log(`${await page.evaluate(() => `${location.origin} (${document.title})`)} → ${options.out}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}

/** @returns {{ url: string, token?: string }} */
function readStack(dataFolder) {
  const file = join(resolve(dataFolder), 'stack.json');
  if (!existsSync(file))
    fail(`There is no ${file}: start the stack with \`npm start\`, or name a page with --url.`);
  const { processes, tokens } = JSON.parse(readFileSync(file, 'utf8'));
  const api = processes.find(({ name, url }) => name.startsWith('cpemon-api') && url !== undefined);
  if (api === undefined) fail(`${file} names no running cpemon-api.`);
  return { url: `${api.url}/`, token: tokens?.viewer };
}

function findBrowser() {
  const found = [options.browser, ...BROWSERS].find((path) => path !== undefined && existsSync(path));
  if (found !== undefined) return found;
  return fail(
    'No Chromium found. Install one (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask google-chrome) or name it with --browser PATH.',
  );
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
