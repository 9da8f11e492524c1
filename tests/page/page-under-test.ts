import type { Browser } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';
import { launchBrowser, openTab, type PageOptions, type WatchedPage } from './browser.js';

/** What a device may call itself: as text it is harmless. */
export const HOSTILE = '<img src=x onerror=window.hacked=1>';
export const HOSTILE_SERIAL = `EVIL-${HOSTILE}`;
/** It is not the simulator's, so that a test can say what it does. */
export const QUIET_SERIAL = 'QUIET-000001';

/** Who looks; nobody has neither token nor session. */
export type Looker = 'viewer' | 'operator' | 'nobody';

/** A stack, a browser and a way to look at the one with the other. */
export interface PageUnderTest {
  stack: RunningStack;
  browser: Browser;
  url: string;
  /** A tab that shows a path, as a viewer unless a login link says otherwise. */
  open(path: string, options?: PageOptions & { at?: string; as?: Looker }): Promise<WatchedPage>;
  /** A path that logs in, once. */
  loginLink(role: 'viewer' | 'operator'): Promise<string>;
  report(device: Record<string, unknown>): Promise<void>;
  end(): Promise<void>;
}

export const DEVICES = 60;

/** One stack for all tests of the page: a small fleet, and two devices of the tests' own. */
export async function startPageUnderTest(): Promise<PageUnderTest> {
  const browser = await launchBrowser();
  const stack = await startStack({ devices: DEVICES, intervalSeconds: 2 }).catch(async (error: unknown) => {
    await browser.close();
    throw error;
  });
  const api = (): string => stack.file().processes.find(({ name }) => name === 'cpemon-api')!.url!;
  const post = async (path: string, token: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(api() + path, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const tabs: WatchedPage[] = [];
  const under: PageUnderTest = {
    ...{ stack, browser, url: api() },
    async open(path, { at = under.url, as = 'viewer', ...options } = {}) {
      const tab = await openTab(browser, options);
      tabs.push(tab);
      if (as === 'operator') {
        await tab.page.goto(at + (await under.loginLink('operator')));
        await tab.page.waitForURL(`${at}/`);
      }
      await tab.page.goto(`${at}${path}${as === 'viewer' ? `#token=${stack.file().tokens.viewer}` : ''}`);
      return tab;
    },
    async loginLink(role) {
      const wish = { name: 'page-test', role, minutes: 5 };
      return ((await post('/v1/access/links', stack.file().tokens.operator, wish)) as { path: string }).path;
    },
    report: async (device) => void (await post('/cpe/heartbeat', stack.file().tokens.ingest, device)),
    async end() {
      for (const tab of tabs) await tab.close().catch(() => undefined);
      await browser.close();
      await stack.discard();
    },
  };
  try {
    for (const version of ['1.0', `2.0 ${HOSTILE}`])
      await under.report({
        ...{ sn: HOSTILE_SERIAL, model: HOSTILE, sw_version: version, manufacturer: HOSTILE, note: HOSTILE },
        interval_seconds: 3600,
      });
    await under.report({ sn: QUIET_SERIAL, model: 'Quiet', sw_version: '1.0', interval_seconds: 3600 });
    await eventually(
      'the whole fleet is there',
      async () =>
        (await stack.fleet()).devices === DEVICES + 2 && (await stack.pipeline()).totals.lag_events < 100,
      60_000,
    );
  } catch (error) {
    await under.end();
    throw error;
  }
  return under;
}

/** Closes a tab; fails when the browser complained of anything in it. */
export async function closeQuiet({ complaints, close }: WatchedPage): Promise<void> {
  expect(complaints).toEqual([]);
  await close();
}
