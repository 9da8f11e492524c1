import { addChanges } from '@cpemon/store';
import type { SingleConnection } from '@cpemon/database';
import type { Page } from 'playwright-core';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { buildPage } from '../page/build-page.js';
import { launchBrowser } from '../page/page-browser.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { fillDevices } from '../search/fill-devices.js';
import { startPrivateStack } from '../stack/private-stack.js';

const SIZES = {
  quick: { cells: 1000, seconds: 2 },
  short: { cells: 10_000, seconds: 10 },
  full: { cells: 10_000, seconds: 30 },
};
const CHANGES_PER_SECOND = 50;
const STEPS_PER_SECOND = 10;
const READY_WITHIN_MS = 60_000;

/** Frames a second of the fleet screen with a square for each device, while devices come and go. */
export const heatGrid: Benchmark = {
  name: 'heat-grid',
  about: 'frames/s of the live page with 10,000 squares while 50 devices a second change',
  async run(context: BenchContext) {
    const { cells, seconds } = SIZES[context.form];
    buildPage();
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    await fillDevices(connection, cells);
    const api = await stack.startApi();
    const browser = await launchBrowser(context.chromium);
    context.atEnd(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    const still = await framesPerSecond(page, seconds);
    await page.goto(`http://127.0.0.1:${api.port}/?grid=devices`);
    const legend = page.getByText(`${cells.toLocaleString('en-GB')} devices`, { exact: true });
    await legend.first().waitFor({ timeout: READY_WITHIN_MS });

    const before = await countOf(page, 'offline');
    let isOver = false;
    const changing = change(connection, { cells, isOver: () => isOver });
    const frames = await framesPerSecond(page, seconds);
    isOver = true;
    const changed = await changing;
    await page.waitForTimeout(2000);
    const after = await countOf(page, 'offline');
    context.say(
      `${changed} changes in ${seconds} s; ${frames.toFixed(1)} frames/s, an empty page ${still.toFixed(1)}; squares offline ${before}, then ${after}`,
    );
    if (before === after) throw new WrongResult('no square has changed');
    await stack.stop(api);
    return [ratioFigure('heat-grid.frames', '1/s', 'empty-page', [{ ours: frames, limit: still }])];
  },
};

/** Tells the feed that devices went offline, as the owners of their lanes do. @returns how many */
async function change(
  connection: SingleConnection,
  { cells, isOver }: { cells: number; isOver: () => boolean },
): Promise<number> {
  let told = 0;
  for (const startedAt = performance.now(); !isOver();) {
    const step = CHANGES_PER_SECOND / STEPS_PER_SECOND;
    await connection.query('START TRANSACTION');
    await addChanges(
      connection,
      Array.from({ length: step }, (_, n) => {
        const deviceId = 1 + (((told + n) * 7919) % cells);
        const data = { from: 'online', to: 'offline', reason: 'no report' };
        return { lane: deviceId % 16, deviceId, at: Date.now(), kind: 'reachability', data };
      }),
    );
    await connection.query('COMMIT');
    told += step;
    const waitMs = (told / CHANGES_PER_SECOND) * 1000 - (performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
  return told;
}

const framesPerSecond = (page: Page, seconds: number): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    let frames = 0;
    const startedAt = performance.now();
    const count = () => {
      frames += 1;
      const passedMs = performance.now() - startedAt;
      if (passedMs < ${seconds * 1000}) requestAnimationFrame(count);
      else resolve((frames / passedMs) * 1000);
    };
    requestAnimationFrame(count);
  })`);

/** As the legend below the grid has it. */
async function countOf(page: Page, status: string): Promise<number> {
  const words = await page
    .locator(`.legend .cell-${status}`)
    .first()
    .textContent()
    .catch(() => null);
  return Number((words ?? '0').replace(/\D/g, ''));
}
