import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export interface PageOptions {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
}

/** A tab, and what the browser complained of in it. */
export interface WatchedPage {
  page: Page;
  /** Errors of scripts, and what the content security policy kept from running. */
  complaints: string[];
  close(): Promise<void>;
}

/** Starts the machine's own Chromium (CPEMON_CHROMIUM, or Debian's), which reaches nothing but this machine. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CPEMON_CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({
    executablePath,
    args: [
      ...['--headless', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      // The page asks nobody but the server that it came from.
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
      // Chromium's sandbox does not work for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

/** A tab of its own, with cookies and storage of its own. */
export async function openTab(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.colorScheme ?? 'light',
    ...{ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /content security policy/i.test(message.text()))
      complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}
