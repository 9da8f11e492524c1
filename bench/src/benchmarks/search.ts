import { get } from 'node:http';
import type { SingleConnection } from '@cpemon/database';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { plainFigure, ratioFigure } from '../report/alternating-runs.js';
import type { Figure } from '../report/result-line.js';
import { ask, readByKey, timed, timedFigure, type TimedAnswers } from '../search/ask-timed.js';
import { fillDevices, type FilledDevices } from '../search/fill-devices.js';
import { startBackgroundLoad } from '../stack/background-load.js';
import { watchMemory } from '../stack/memory-watch.js';
import { residentBytesOf } from '../stack/process-cpu.js';
import { startPrivateStack, type PrivateStack } from '../stack/private-stack.js';

const SIZES = {
  quick: { devices: 20_000, searches: 50, walks: 1, views: 20, reporting: 2000, eventsPerSecond: 500 },
  short: { devices: 200_000, searches: 400, walks: 3, views: 200, reporting: 50_000, eventsPerSecond: 8333 },
  full: {
    devices: 1_000_000,
    searches: 1000,
    walks: 5,
    views: 400,
    reporting: 100_000,
    eventsPerSecond: 8333,
  },
};
const PAGE = 50;
const FILTER_PAGE = 20;
const LAST_PAGE = 100;

/** Search by any part of a name, filters, a device's page and an export, over HTTP, while devices report. */
export const search: Benchmark = {
  name: 'search',
  about:
    'search, filter and device page (p95, 8,333 events/s in the background) and export: 200,000 devices (--full: 1,000,000)',
  async run(context: BenchContext): Promise<Figure[]> {
    const size = SIZES[context.form];
    const { devices } = size;
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const filled = await fillDevices(connection, devices);
    const background = await startBackgroundLoad(context, stack, {
      ...{ devices: size.reporting, eventsPerSecond: size.eventsPerSecond },
    });
    const api = await stack.startApi({ READ_REQUESTS_PER_SECOND: '100000' });
    const url = `http://127.0.0.1:${api.port}`;
    const seconds = (await timed(() => untilLoaded(url))).ms / 1000;
    context.say(`${devices} devices in the directory after ${seconds.toFixed(1)} s`);

    const say = (line: string): void => context.say(line);
    const filters = await measureFilter(url, connection, { filled, walks: size.walks });
    const figures = [
      plainFigure('search.directory-seconds', 's', [seconds]),
      timedFigure('part', say, await measureParts(url, connection, { filled, ...size })),
      timedFigure('filter-first', say, filters.first),
      timedFigure('filter-hundredth', say, filters.hundredth),
      timedFigure('device', say, await measureViews(url, connection, size)),
    ];
    await background.stop();
    await stack.stop(api);
    return [...figures, ...(await measureExport(context, stack, devices))];
  },
};

interface Page {
  items: { id: number; serial_number: string; status: string; labels: Record<string, string> }[];
  next_cursor: string | null;
}

const keysOf = ({ items }: Page): number[] => items.map(({ id }) => id);

/** The directory is read when it is first asked for. */
async function untilLoaded(url: string): Promise<void> {
  while ((await fetch(`${url}/v1/devices?q=zzzz`)).status === 503) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Pieces of 5 to 9 characters of serial numbers and MAC addresses; each has to find its device. */
async function measureParts(
  url: string,
  connection: SingleConnection,
  { filled, devices, searches }: { filled: FilledDevices; devices: number; searches: number },
): Promise<TimedAnswers> {
  const times: TimedAnswers = { ours: [], byKey: [] };
  for (let n = 0; n < searches; n += 1) {
    const device = 1 + ((n * 7919) % devices);
    const name = n % 2 === 0 ? filled.serialOf(device).slice(8) : filled.macOf(device).slice(3);
    const length = 5 + (n % 4);
    const from = n % Math.max(1, name.length - length + 1);
    const piece = name.slice(from, from + length);
    const { answer, ms } = await timed(() => ask<Page>(`${url}/v1/devices?q=${piece}&limit=${PAGE}`));
    times.ours.push(ms);
    times.byKey.push(await readByKey(connection, keysOf(answer)));
    if (answer.next_cursor === null && !answer.items.some(({ id }) => id === device))
      throw new WrongResult(`${piece} does not find device ${device}`);
  }
  return times;
}

/** Pages of one region's devices that are offline: the first ten, and those from the ninetieth to the hundredth. */
async function measureFilter(
  url: string,
  connection: SingleConnection,
  { filled: { region }, walks }: { filled: FilledDevices; walks: number },
): Promise<{ first: TimedAnswers; hundredth: TimedAnswers }> {
  const first: TimedAnswers = { ours: [], byKey: [] };
  const hundredth: TimedAnswers = { ours: [], byKey: [] };
  const asked = `${url}/v1/devices?label.region=${region}&status=offline&limit=${FILTER_PAGE}`;
  for (let walk = 0; walk < walks; walk += 1) {
    let cursor: string | null = '';
    for (let n = 1; n <= LAST_PAGE && cursor !== null; n += 1) {
      const { answer, ms } = await timed(() =>
        ask<Page>(cursor === '' ? asked : `${asked}&cursor=${cursor}`),
      );
      const times = n <= 10 ? first : n > LAST_PAGE - 10 ? hundredth : null;
      times?.ours.push(ms);
      times?.byKey.push(await readByKey(connection, keysOf(answer)));
      if (answer.items.some(({ status, labels }) => status !== 'offline' || labels['region'] !== region))
        throw new WrongResult(`a page holds what was not asked for: ${JSON.stringify(answer.items[0])}`);
      cursor = answer.next_cursor;
    }
  }
  // A small fleet has fewer pages: its last ones stand for them.
  return { first, hundredth: hundredth.ours.length > 0 ? hundredth : first };
}

const CHARTS = ['rx_power_dbm', 'cpu_used_ratio', 'temperature_celsius'];

/** What a device's page asks for, at once. */
async function measureViews(
  url: string,
  connection: SingleConnection,
  { devices, views }: { devices: number; views: number },
): Promise<TimedAnswers> {
  const times: TimedAnswers = { ours: [], byKey: [] };
  for (let n = 0; n < views; n += 1) {
    const id = 1 + ((n * 104_729) % devices);
    const device = `${url}/v1/devices/${id}`;
    const paths = ['', '/events', '/neighbours', ...CHARTS.map((metric) => `/history?metric=${metric}`)];
    const { ms } = await timed(() => Promise.all(paths.map((path) => ask(device + path))));
    times.ours.push(ms);
    times.byKey.push(await readByKey(connection, [id]));
  }
  return times;
}

/**
 * All devices as NDJSON, from a process that does nothing else and has no directory, against the rows alone: the same
 * table read by key in parts, as fast as they come.
 */
async function measureExport(context: BenchContext, stack: PrivateStack, devices: number): Promise<Figure[]> {
  const connection = await stack.connect();
  const api = await stack.startApi();
  const before = residentBytesOf(api.pid);
  const memory = watchMemory({ api: api.pid });
  const { answer: rows, ms } = await timed(() =>
    countLines(`http://127.0.0.1:${api.port}/v1/export/devices`),
  );
  const { api: bytes = NaN } = memory.stop();
  const plain = await timed(() => readAll(connection));
  await stack.stop(api);
  // Devices that report are in it, beside those that were put there.
  if (rows < devices || rows !== plain.answer)
    throw new WrongResult(`${rows} lines of ${plain.answer} devices were exported`);
  const mib = (of: number): string => (of / 1024 ** 2).toFixed(0);
  const rate = (rows / ms) * 1000;
  context.say(
    `export: ${rate.toFixed(0)} rows/s; the process had ${mib(before)} MiB before, ${mib(bytes)} at most`,
  );
  return [
    ratioFigure('search.export', 'rows/s', 'rows-alone', [
      { ours: rate, limit: (plain.answer / plain.ms) * 1000 },
    ]),
    plainFigure('search.export-memory', 'MiB', [bytes / 1024 ** 2]),
  ];
}

const ROWS_A_READ = 5000;

async function readAll(connection: SingleConnection): Promise<number> {
  let after = 0;
  for (let count = 0; ;) {
    const [rows] = await connection.query({
      sql: `SELECT STRAIGHT_JOIN d.device_id, d.serial_number, d.model, s.sw_version, s.wan_ip, s.reachability, s.last_seen_at
              FROM devices AS d FORCE INDEX (PRIMARY) JOIN device_state AS s ON s.device_id = d.device_id
             WHERE d.device_id > ? ORDER BY d.device_id LIMIT ${ROWS_A_READ}`,
      values: [after],
      rowsAsArray: true,
    });
    const found = rows as unknown as [number][];
    count += found.length;
    if (found.length < ROWS_A_READ) return count;
    after = found.at(-1)![0];
  }
}

const LINE_END = 0x0a;

function countLines(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, (answer) => {
      let lines = 0;
      answer.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) lines += 1;
      });
      answer.on('end', () => resolve(lines));
      answer.on('error', reject);
    }).on('error', reject);
  });
}
