import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { startBarePage } from '../limits/bare-page.js';
import { buildPage } from '../page/build-page.js';
import { timeFirstPaint } from '../page/first-paint.js';
import { launchBrowser } from '../page/page-browser.js';
import { plainFigure, ratioFigure } from '../report/alternating-runs.js';
import { fillDevices } from '../search/fill-devices.js';
import { startPrivateStack } from '../stack/private-stack.js';

const SIZES = {
  quick: { devices: 2000, openings: 1 },
  short: { devices: 200_000, openings: 5 },
  full: { devices: 1_000_000, openings: 9 },
};
/** A tired laptop on a line of 10 Mbit/s. */
const THROTTLE = { cpu: 4, bitsPerSecond: 10_000_000, latencyMs: 20 };
/** The counts of the fleet are there: before that nobody knows more than before. */
const FIGURES_ARE_THERE =
  "document.body.dataset.freshness === 'live' && /\\d/.test(document.querySelector('main')?.textContent ?? '')";

/** From the address to the fleet's figures, in a tab that has loaded nothing before. */
export const pagePaint: Benchmark = {
  name: 'page-paint',
  about:
    'first meaningful paint of the live page in ms, CPU 4 times slower, 10 Mbit/s, and the size of its scripts',
  async run(context: BenchContext) {
    const { devices, openings } = SIZES[context.form];
    buildPage();
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    await fillDevices(connection, devices);
    const api = await stack.startApi();
    const writer = await stack.spawnWriter();
    await writer.ready();
    const browser = await launchBrowser(context.chromium);
    context.atEnd(() => browser.close());
    const bare = await startBarePage();
    const ours: number[] = [];
    const limit: number[] = [];
    let scriptBytes = 0;
    for (let n = 0; n < openings; n += 1) {
      const url = `http://127.0.0.1:${api.port}/`;
      const paint = await timeFirstPaint(browser, { url, isThere: FIGURES_ARE_THERE, throttle: THROTTLE });
      const barePaint = await timeFirstPaint(browser, { ...bare, throttle: THROTTLE });
      context.say(
        `figures after ${paint.meaningfulMs.toFixed(0)} ms, something after ${paint.firstMs.toFixed(0)} ms; bare ${barePaint.meaningfulMs.toFixed(0)} ms`,
      );
      ours.push(paint.meaningfulMs);
      limit.push(barePaint.meaningfulMs);
      scriptBytes = paint.scriptBytes;
    }
    bare.stop();
    await stack.stop(writer);
    await stack.stop(api);
    if (scriptBytes === 0) throw new WrongResult('the page loaded no script');
    return [
      ratioFigure(
        'page-paint.meaningful',
        'ms',
        'bare-page',
        ours.map((each, n) => ({ ours: each, limit: limit[n]! })),
      ),
      plainFigure('page-paint.scripts', 'kB', [scriptBytes / 1000]),
    ];
  },
};
