// npm run scenarios -- --seconds 60: plays every scenario of the simulator against a stack of its own, one after the
// other, and prints a table: whether the books agree afterwards, and whether the stack shows what it should.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './build.mjs';

const USAGE = `npm run scenarios -- [options]
  --seconds N     how long each scenario is on                     60
  --devices N     240
  --interval S    5
  --faster X      all times of scenarios are divided by it         1
  --only A,B      these scenarios instead of all
  --base-port N   of the stack                                     25000
  --json FILE     the table as JSON
`;
/** Small sites: most of the fleet must stay while one of them is gone. */
const FLEET = { devicesPerSite: 32, devicesPerPon: 8, sitesPerBng: 2 };
/** Offline comes 25 s after a report is missed, in a stack that \`npm start\` runs. */
const MOST_RECOVERY_SECONDS = 120;
const READY_SECONDS = 120;
/** Who says no interval is judged by five gaps of its own; a second bulk data profile comes every third interval. */
const LEARNING_INTERVALS = 20;
const MOST_LATE_SECONDS = 45;
const LOOK_EVERY_MS = 1000;

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    devices: { type: 'string', default: '240' },
    interval: { type: 'string', default: '5' },
    faster: { type: 'string', default: '1' },
    only: { type: 'string' },
    'base-port': { type: 'string', default: '25000' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (given.help) {
  process.stdout.write(USAGE);
  process.exit();
}

const data = mkdtempSync(join(tmpdir(), 'cpemon-scenarios-'));
const children = [];
let printed = '';
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const script = (name, ...args) => {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', name), ...args], { cwd: ROOT });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  children.push(child);
  return child;
};
const ask = async (url, method = 'GET', body) => {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}`);
  return response.json();
};
/** Waits until something answers other than undefined. */
const eventually = async (seconds, what, look) => {
  for (const endMs = Date.now() + seconds * 1000; ;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > endMs) throw new Error(`Not within ${seconds} s: ${what}\n${printed.slice(-2000)}`);
    await sleep(LOOK_EVERY_MS / 1000);
  }
};

try {
  process.exitCode = (await playAll()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  for (const child of children.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }
  rmSync(data, { recursive: true, force: true });
}

async function playAll() {
  script('start.mjs', '--data', data, '--devices', '0', '--base-port', given['base-port']);
  const api = await eventually(READY_SECONDS, 'the stack is ready', async () => {
    const { processes, tokens } = JSON.parse(readFileSync(join(data, 'stack.json'), 'utf8'));
    const url = processes.find(({ name }) => name === 'cpemon-api')?.url;
    await ask(`${url}/v1/pipeline`);
    return { url, token: tokens.viewer };
  });
  const port = Number(given['base-port']) + 4;
  const fleetFile = join(data, 'fleet.json');
  writeFileSync(fleetFile, JSON.stringify(FLEET));
  script(
    'simulate.mjs',
    ...['--stack', data, '--devices', given.devices, '--interval', given.interval, '--faster', given.faster],
    ...['--mix', 'heartbeat=30,telemetry=15,webhook=15,webhook-xml=5,cwmp=15,bulk=20', '--batch', '20'],
    ...['--duration', '1e6', '--port', String(port), '--fleet', fleetFile],
  );
  const control = `http://127.0.0.1:${port}`;
  const { known } = await eventually(READY_SECONDS, 'the simulator is ready', () =>
    ask(`${control}/scenarios`),
  );
  const wanted = given.only?.split(',');
  const scenarios = known.filter(({ name }) => wanted === undefined || wanted.includes(name));
  await recovered(api, control);
  await sleep(LEARNING_INTERVALS * Number(given.interval));
  const rows = [];
  for (const scenario of scenarios) {
    const row = await play(scenario, api, control);
    rows.push(row);
    process.stdout.write(`${rowText(row)}\n`);
  }
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(rows, null, 2)}\n`);
  const bad = rows.filter(({ agree, effect }) => !agree || effect.startsWith('NO'));
  process.stdout.write(`${rows.length - bad.length} of ${rows.length} agree and are seen\n`);
  return bad.length === 0;
}

async function play({ name, truth }, api, control) {
  const before = await reading(api, control);
  await ask(`${control}/scenarios/${name}`, 'POST');
  await sleep(Number(given.seconds));
  let during = await reading(api, control);
  // A device whose interval was learnt is told offline later than one that says it.
  for (const endMs = Date.now() + MOST_LATE_SECONDS * 1000; isNotYetSeen(truth, before, during);) {
    if (Date.now() > endMs) break;
    await sleep(LOOK_EVERY_MS / 1000);
    during = await reading(api, control);
  }
  await ask(`${control}/scenarios/${name}`, 'DELETE');
  const effect = judge(truth, before, during);
  const { agree, text } = await verify(control);
  // Some never come back by themselves; the next scenario begins with all.
  await ask(`${control}/restore`, 'POST', { all: true });
  await recovered(api, control).catch(() => undefined);
  return { name, agree, effect, verify: text, ...difference(before, during) };
}

/** What the stack and the simulator say now. */
async function reading(api, control) {
  const [fleet, pipeline, { totals, devices_cut: silent }] = [
    await ask(`${api.url}/v1/fleet`),
    await ask(`${api.url}/v1/pipeline`),
    await ask(`${control}/truth`),
  ];
  return { status: fleet.by_status, pipeline: pipeline.totals, totals, silent };
}

function difference(before, during) {
  return {
    silent: during.silent - before.silent,
    offline: (during.status.offline ?? 0) - (before.status.offline ?? 0),
    events: during.pipeline.applied - before.pipeline.applied,
    duplicates: during.pipeline.duplicates - before.pipeline.duplicates,
    late: during.pipeline.late - before.pipeline.late,
    in_doubt: during.totals.in_doubt - before.totals.in_doubt,
  };
}

/** What should be seen is not there, and may still come. */
function isNotYetSeen(truth, before, during) {
  return !truth.notClaimed.includes('offline') && judge(truth, before, during).startsWith('NO');
}

/** Whether the stack shows the effect, as far as counts of the fleet can say it. */
function judge(truth, before, during) {
  const { silent, offline, duplicates, late } = difference(before, during);
  if (truth.cause === 'repeats') return duplicates > 0 ? 'seen: repeats counted' : 'NO: no repeats counted';
  if (truth.cause === 'late') return late > 0 ? 'seen: late counted' : 'NO: none late';
  if (truth.notClaimed.includes('offline'))
    return offline > 0 ? `NO: ${offline} offline, none is` : 'seen: nobody offline';
  if (silent > 0 && truth.cause !== 'unsteady_line') {
    const seen = offline >= silent * 0.8 && offline <= silent * 1.2 + 2;
    return `${seen ? 'seen' : 'NO'}: ${offline} offline of ${silent} silent`;
  }
  return 'seen: events flow';
}

/** `cpemon verify` of the stack and the simulator. */
async function verify(control) {
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'scripts/cpemon.mjs'),
      '--data',
      data,
      '--json',
      'verify',
      '--simulator',
      control,
      '--wait',
      '300',
    ],
    { cwd: ROOT },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (text += piece));
  const [code] = await once(child, 'close');
  return { agree: code === 0, text: code === 0 ? '' : text.slice(0, 4000) };
}

/** Everybody whom the simulator can bring back reports again. */
function recovered(api, control) {
  return eventually(MOST_RECOVERY_SECONDS, 'the fleet is online', async () => {
    const { status, silent } = await reading(api, control);
    const { devices } = await ask(control);
    return (status.online ?? 0) >= devices - silent ? true : undefined;
  });
}

function rowText({ name, agree, effect, silent, offline, events, duplicates, late, in_doubt: inDoubt }) {
  return (
    `${name.padEnd(22)} ${agree ? 'agree   ' : 'DISAGREE'}  ${effect.padEnd(34)} ` +
    `silent ${silent}, offline ${offline}, events ${events}, repeats ${duplicates}, late ${late}, in doubt ${inDoubt}`
  );
}
