import { existsSync } from 'node:fs';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';

/** Debian's; CPEMON_CHROMIUM names another. */
const USUAL_CHROMIUM = '/usr/bin/chromium';

/** What a slow machine on a slow line has. */
export interface Throttle {
  /** So many times slower than this machine. */
  cpu: number;
  bitsPerSecond: number;
  latencyMs: number;
}

export function launchBrowser(program = USUAL_CHROMIUM): Promise<Browser> {
  if (!existsSync(program)) throw new Error(`There is no ${program}: CPEMON_CHROMIUM names a Chromium`);
  return chromium.launch({
    executablePath: program,
    args: [
      ...[
        '--headless',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
      ],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

/** A tab that has loaded nothing before, throttled. */
export async function openThrottled(
  browser: Browser,
  { cpu, bitsPerSecond, latencyMs }: Throttle,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const session: CDPSession = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: latencyMs },
    ...{ downloadThroughput: bitsPerSecond / 8, uploadThroughput: bitsPerSecond / 8 },
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
  return page;
}
