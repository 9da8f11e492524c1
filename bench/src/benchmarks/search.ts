import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { plainFigure } from '../report/alternating-runs.js';
import { latencyText } from '../report/load-line.js';
import { summarise } from '../report/percentiles.js';
import type { Figure } from '../report/result-line.js';
import { fillDevices, type FilledDevices } from '../search/fill-devices.js';
import { watchMemory } from '../stack/memory-watch.js';
import { startPrivateStack } from '../stack/private-stack.js';

const SIZES = {
  quick: { devices: 20_000, searches: 50, pages: 20, views: 20 },
  short: { devices: 200_000, searches: 400, pages: 100, views: 200 },
  full: { devices: 1_000_000, searches: 1000, pages: 100, views: 400 },
};
const PAGE = 50;

/** Search by any part of a name, filters, a device's page and an export, over HTTP. */
export const search: Benchmark = {
  name: 'search',
  about:
    'search by part of a name, filters, device page and export: p95 and rows/s, 200,000 devices (--full: 1,000,000)',
  async run(context: BenchContext): Promise<Figure[]> {
    const { devices, searches, pages, views } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const filled = await fillDevices(connection, devices);
    const api = await stack.startApi({ READ_REQUESTS_PER_SECOND: '100000' });
    const url = `http://127.0.0.1:${api.port}`;
    const figures: Figure[] = [];
    const report = (name: string, samples: number[]): void => {
      context.say(`${name}: ${latencyText(summarise(samples))}`);
      figures.push(plainFigure(`search.${name}-p95`, 'ms', [summarise(samples).p95]));
    };

    const before = performance.now();
    await untilLoaded(url);
    const seconds = (performance.now() - before) / 1000;
    context.say(`${devices} devices in the directory after ${seconds.toFixed(1)} s`);
    figures.push(plainFigure('search.directory-seconds', 's', [seconds]));

    report('part', await measureParts(url, filled, { devices, searches }));
    report('filter', await measurePages(url, filled, pages));
    report('device', await measureViews(url, { devices, views }));

    const memory = watchMemory({ api: api.pid });
    const exportedAt = performance.now();
    const rows = await countLines(`${url}/v1/export/devices`);
    const rate = rows / ((performance.now() - exportedAt) / 1000);
    const { api: bytes = NaN } = memory.stop();
    if (rows !== devices) throw new WrongResult(`${rows} lines of ${devices} devices were exported`);
    context.say(
      `export: ${rate.toFixed(0)} rows/s, the process took ${(bytes / 1024 ** 2).toFixed(0)} MiB at most`,
    );
    figures.push(plainFigure('search.export', 'rows/s', [rate]));
    await stack.stop(api);
    return figures;
  },
};

interface Page {
  items: { id: number; serial_number: string; status: string; labels: Record<string, string> }[];
  next_cursor: string | null;
}

async function ask<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new WrongResult(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** The directory is read when it is first asked for. */
async function untilLoaded(url: string): Promise<void> {
  while ((await fetch(`${url}/v1/devices?q=zzzz`)).status === 503) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Pieces of 5 to 9 characters of serial numbers and MAC addresses; each has to find its device. */
async function measureParts(
  url: string,
  { serialOf, macOf }: FilledDevices,
  { devices, searches }: { devices: number; searches: number },
): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < searches; n += 1) {
    const device = 1 + ((n * 7919) % devices);
    const name = n % 2 === 0 ? serialOf(device).slice(8) : macOf(device).slice(3);
    const length = 5 + (n % 4);
    const from = n % Math.max(1, name.length - length + 1);
    const piece = name.slice(from, from + length);
    const startedAt = performance.now();
    const { items, next_cursor: next } = await ask<Page>(`${url}/v1/devices?q=${piece}&limit=${PAGE}`);
    samples.push(performance.now() - startedAt);
    if (next === null && !items.some(({ id }) => id === device))
      throw new WrongResult(`${piece} does not find device ${device}`);
  }
  return samples;
}

/** The first page and those up to the hundredth of one region's devices that are offline. */
async function measurePages(url: string, { region }: FilledDevices, pages: number): Promise<number[]> {
  const samples: number[] = [];
  let cursor = '';
  for (let n = 0; n < pages; n += 1) {
    const startedAt = performance.now();
    const page = await ask<Page>(
      `${url}/v1/devices?label.region=${region}&status=offline&limit=20${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    samples.push(performance.now() - startedAt);
    if (page.items.some(({ status, labels }) => status !== 'offline' || labels['region'] !== region))
      throw new WrongResult(`a page holds what was not asked for: ${JSON.stringify(page.items[0])}`);
    cursor = page.next_cursor ?? '';
  }
  return samples;
}

/** What a device's page asks for, at once. */
async function measureViews(
  url: string,
  { devices, views }: { devices: number; views: number },
): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < views; n += 1) {
    const device = `${url}/v1/devices/${1 + ((n * 104_729) % devices)}`;
    const startedAt = performance.now();
    await Promise.all([
      ask(device),
      ask(`${device}/events`),
      ...['rx_power_dbm', 'cpu_used_ratio', 'temperature_celsius'].map((metric) =>
        ask(`${device}/history?metric=${metric}`),
      ),
    ]);
    samples.push(performance.now() - startedAt);
  }
  return samples;
}

async function countLines(url: string): Promise<number> {
  const { body } = await fetch(url);
  let lines = 0;
  for await (const chunk of body!) for (const byte of chunk) if (byte === 0x0a) lines += 1;
  return lines;
}
