// npm run screenshots: the pictures of the docs, of a stack of its own with an imported inventory and planted trouble.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installDependencies, requireNode, ROOT } from './build.mjs';

const USAGE = `npm run screenshots -- [options]
  --devices N     simulated CPEs                                   2000
  --interval S    between two reports of one                       10
  --seconds N     from the trouble to the pictures                 150
  --only A,B      these pictures instead of all
  --out DIR       docs/images
  --base-port N   of the stack                                     25500
`;
const READY_SECONDS = 120;
/** What is wrong in the pictures: a cut fibre, fibres that got dirty, a firmware that boots again and again. */
const TROUBLE = ['fibre-cut', 'dirty-fibre-quick', 'bad-firmware'];
const SETTLE_SECONDS = 6;
const DESK = { width: 1360, height: 850 };
const PHONE = { width: 390, height: 844 };
/** The page of a device that is not well, whichever it is. */
const DEVICE = 'device';
const PICTURES = [
  { name: 'live-page', path: '/', scheme: 'light', size: DESK },
  { name: 'live-page-dark', path: '/', scheme: 'dark', size: DESK },
  { name: 'live-page-wall', path: '/?wall=1', scheme: 'dark', size: { width: 1920, height: 1080 } },
  { name: 'live-page-phone', path: '/', scheme: 'light', size: PHONE },
  { name: 'live-page-devices', path: '/devices?status=degraded,offline', scheme: 'light', size: DESK },
  { name: 'live-page-device', path: DEVICE, scheme: 'light', size: { ...DESK, height: 1400 } },
  { name: 'live-page-alerts', path: '/alerts', scheme: 'light', size: DESK },
  { name: 'live-page-operations', path: '/operations', scheme: 'light', size: DESK },
  { name: 'live-page-old', path: '/', scheme: 'light', size: DESK, frozen: true },
];

const { values: given } = parseArgs({
  options: {
    devices: { type: 'string', default: '2000' },
    interval: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '150' },
    only: { type: 'string' },
    out: { type: 'string', default: join(ROOT, 'docs/images') },
    'base-port': { type: 'string', default: '25500' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (given.help) {
  process.stdout.write(USAGE);
  process.exit();
}
requireNode();
installDependencies();
const { launchChromium } = await import('./chromium.mjs');

const data = mkdtempSync(join(tmpdir(), 'cpemon-screenshots-'));
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
let printed = '';
const stack = spawn(
  process.execPath,
  [
    join(ROOT, 'scripts/start.mjs'),
    ...['--data', data, '--base-port', given['base-port']],
    ...['--devices', given.devices, '--interval', given.interval],
  ],
  { cwd: ROOT },
);
for (const stream of [stack.stdout, stack.stderr]) stream.on('data', (text) => (printed += text));
let browser;
try {
  const { api, simulator, tokens } = await eventually(READY_SECONDS, 'the stack is ready', readStack);
  const operator = { authorization: `Bearer ${tokens.operator}` };
  const fleet = () => ask(`${api}/v1/fleet`, { headers: operator });
  await eventually(
    READY_SECONDS,
    'the fleet reports',
    async () => (await fleet()).devices >= Number(given.devices) || undefined,
  );
  const inventory = await (await fetch(`${simulator}/inventory.csv`)).text();
  await ask(`${api}/v1/inventory/imports`, {
    ...{ method: 'POST', body: inventory },
    headers: { ...operator, 'content-type': 'text/csv' },
  });
  const { path } = await ask(`${api}/v1/access/links`, {
    ...{ method: 'POST', body: JSON.stringify({ name: 'eva', role: 'operator' }) },
    headers: { ...operator, 'content-type': 'application/json' },
  });

  browser = await launchChromium();
  const session = await logIn(api, path);
  const wanted = PICTURES.filter(
    ({ name }) => given.only === undefined || given.only.split(',').includes(name),
  );
  // Open before the trouble begins: their curves show how it came.
  const pages = new Map();
  for (const picture of wanted)
    if (picture.path !== DEVICE) pages.set(picture, await openPage(session, api + picture.path, picture));
  for (const name of TROUBLE) await ask(`${simulator}/scenarios/${name}`, { method: 'POST' });
  await sleep(Number(given.seconds));
  const { items } = await ask(`${api}/v1/devices?status=degraded&limit=1`, { headers: operator });
  mkdirSync(given.out, { recursive: true });
  for (const picture of wanted) {
    const page =
      pages.get(picture) ?? (await openPage(session, `${api}/devices/${items[0]?.id ?? 1}`, picture));
    if (picture.path === DEVICE) await sleep(SETTLE_SECONDS);
    await take(page, picture);
    await page.context().close();
  }
} catch (error) {
  process.stderr.write(`${error.stack}\n${printed.slice(-2000)}\n`);
  process.exitCode = 1;
} finally {
  await browser?.close();
  if (stack.exitCode === null) {
    const gone = once(stack, 'exit');
    stack.kill('SIGTERM');
    await gone;
  }
  rmSync(data, { recursive: true, force: true });
}

/** Logs in once; each picture has cookies of its own, and so connections of its own. */
async function logIn(api, path) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(api + path);
  await page.waitForURL(`${api}/`);
  const session = await context.storageState();
  await context.close();
  return session;
}

async function openPage(storageState, url, { scheme, size }) {
  const context = await browser.newContext({
    ...{ storageState, viewport: size, colorScheme: scheme },
    ...{ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' },
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForSelector('body[data-freshness=live]', { timeout: 60_000 });
  return page;
}

/** A picture of a page as it is; or of what it looks like when the API is frozen. */
async function take(page, { name, frozen = false }) {
  const { pid } = readProcesses().find((process) => process.name === 'cpemon-api');
  if (frozen) {
    process.kill(pid, 'SIGSTOP');
    await page.waitForSelector('body[data-freshness=old]', { timeout: 30_000 });
    await sleep(SETTLE_SECONDS);
  }
  const file = join(given.out, `${name}.png`);
  writeFileSync(file, await page.screenshot());
  if (frozen) process.kill(pid, 'SIGCONT');
  process.stdout.write(`${file}\n`);
}

function readProcesses() {
  return JSON.parse(readFileSync(join(data, 'stack.json'), 'utf8')).processes;
}

async function readStack() {
  const { tokens } = JSON.parse(readFileSync(join(data, 'stack.json'), 'utf8'));
  const urlOf = (wanted) => readProcesses().find(({ name }) => name === wanted).url;
  const api = urlOf('cpemon-api');
  await ask(`${api}/v1/pipeline`, { headers: { authorization: `Bearer ${tokens.viewer}` } });
  return { api, tokens, simulator: urlOf('cpe-simulator') };
}

async function ask(url, init) {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Waits until something answers other than undefined. */
async function eventually(seconds, what, look) {
  for (const endMs = Date.now() + seconds * 1000; ;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > endMs) throw new Error(`Not within ${seconds} s: ${what}`);
    await sleep(1);
  }
}
