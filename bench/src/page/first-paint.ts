import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { openThrottled, type Throttle } from './page-browser.js';

/** Ms from the navigation on. */
export interface FirstPaint {
  /** Something is painted. */
  firstMs: number;
  /** What is looked for is there, and painted. */
  meaningfulMs: number;
  /** Of its scripts, gzip. */
  scriptBytes: number;
}

const GIVE_UP_MS = 30_000;

/**
 * Opens an address in a fresh tab of a slow machine.
 * @param isThere an expression of the page that is true once it shows what people come for
 */
export async function timeFirstPaint(
  browser: Browser,
  { url, isThere, throttle }: { url: string; isThere: string; throttle: Throttle },
): Promise<FirstPaint> {
  const page = await openThrottled(browser, throttle);
  let scriptBytes = 0;
  const sizes: Promise<void>[] = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return;
    sizes.push(
      request.response().then(
        async (response) => void (scriptBytes += gzipSync((await response?.body()) ?? '').length),
        () => undefined,
      ),
    );
  });
  try {
    await page.addInitScript(`
      (() => {
        const look = () => {
          if (document.body !== null && (${isThere}))
            // The second frame after it: by then the first has been painted.
            requestAnimationFrame(() => requestAnimationFrame(() => { window.meaningfulMs = performance.now(); }));
          else requestAnimationFrame(look);
        };
        look();
      })()`);
    await page.goto(url);
    const meaningfulMs = await untilThere(page);
    const firstMs = await page.evaluate<number>(
      "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN",
    );
    await Promise.all(sizes);
    return { firstMs, meaningfulMs, scriptBytes };
  } finally {
    await page.context().close();
  }
}

/** Asked from outside: what waits inside the page is code of a text, which its policy forbids. */
async function untilThere(page: Page): Promise<number> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (performance.now() < giveUpAt) {
    const meaningfulMs = await page.evaluate<number | null>('window.meaningfulMs ?? null');
    if (meaningfulMs !== null) return meaningfulMs;
    await page.waitForTimeout(100);
  }
  throw new Error(`${page.url()} has not shown what is looked for after ${GIVE_UP_MS} ms`);
}
