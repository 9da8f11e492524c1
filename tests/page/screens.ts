import { eventually } from '../support/eventually.js';
import { seriousProblems } from './accessibility.js';
import { startLockedApi } from './locked-api.js';
import { closeQuiet, HOSTILE, HOSTILE_SERIAL, QUIET_SERIAL, type PageUnderTest } from './page-under-test.js';

const FRESH = 'body[data-freshness=live]';

/** Each screen opens, is found by its address, works by keyboard, in the dark, on a phone, and for those who do not see it. */
export function describeScreens(under: () => PageUnderTest): void {
  test.each([
    ['/', 'viewer'],
    ['/devices', 'viewer'],
    [`/devices/${QUIET_SERIAL}`, 'viewer'],
    ['/alerts', 'viewer'],
    ['/operations', 'operator'],
    ['/?wall=1', 'viewer'],
  ] as const)(
    '%s opens, is live, and axe-core finds nothing serious, in light and dark',
    async (path, as) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const tab = await under().open(path, { as, colorScheme });
        await tab.page.waitForSelector(FRESH);
        await tab.page.locator('main#content h1, main#content h2').first().waitFor();
        expect([colorScheme, await seriousProblems(tab.page)]).toEqual([colorScheme, []]);
        await closeQuiet(tab);
      }
    },
  );

  test('an address of the first page leads to the device', async () => {
    const tab = await under().open(`/admin?sn=${QUIET_SERIAL}`);
    await tab.page.waitForURL(new RegExp(`/devices/${QUIET_SERIAL}`));
    await tab.page.getByText(QUIET_SERIAL).first().waitFor();
    await closeQuiet(tab);
  });

  test('search as one types, by keyboard alone, to a device and back', async () => {
    const tab = await under().open('/');
    const { page } = tab;
    await page.waitForSelector(FRESH);
    await page.keyboard.press('/');
    await page.keyboard.type('quiet-0000');
    await page.waitForURL(/\/devices\?.*q=quiet-0000/);
    const link = page.getByRole('link', { name: new RegExp(QUIET_SERIAL) }).first();
    await link.waitFor();
    const focused = (): Promise<string | null> =>
      page.evaluate<string | null>('document.activeElement.getAttribute("href")');
    for (let presses = 0; presses < 60 && !/^\/devices\/\w/.test((await focused()) ?? ''); presses += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/devices\/\w+/);
    await page.getByText('Quiet').first().waitFor();
    await page.goBack();
    await page.waitForURL(/q=quiet-0000/);
    await link.waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search devices' }).inputValue()).toBe('quiet-0000');
    await closeQuiet(tab);
  });

  test('filters stand in the address and hold when it is opened again', async () => {
    const tab = await under().open('/devices?q=QUIET&reachability=online');
    await tab.page
      .getByRole('link', { name: new RegExp(QUIET_SERIAL) })
      .first()
      .waitFor();
    expect(await tab.page.getByRole('link', { name: new RegExp('SIM-') }).count()).toBe(0);
    await closeQuiet(tab);
  });

  test.each(['/', '/devices', `/devices/${QUIET_SERIAL}`, '/alerts'])(
    '%s fits on a phone: nothing is wider than it',
    async (path) => {
      const tab = await under().open(path, { width: 390, height: 844 });
      await tab.page.waitForSelector(FRESH);
      await eventually('the page is as wide as the phone', () =>
        tab.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'),
      );
      await closeQuiet(tab);
    },
  );

  test('what a device calls itself is shown as text, on every screen that shows it', async () => {
    const path = `/devices/${encodeURIComponent(HOSTILE_SERIAL)}`;
    for (const shown of ['/', '/devices?q=EVIL', path]) {
      const tab = await under().open(shown);
      await tab.page.waitForSelector(FRESH);
      if (shown !== '/') await tab.page.getByText(HOSTILE_SERIAL).first().waitFor();
      if (shown === path) await tab.page.getByText(`2.0 ${HOSTILE}`).first().waitFor();
      expect([shown, await tab.page.evaluate('window.hacked ?? null')]).toEqual([shown, null]);
      expect([shown, await tab.page.locator('img[src="x"]').count()]).toEqual([shown, 0]);
      await closeQuiet(tab);
    }
  });

  test('whoever is not known is asked to log in and sees no figure; a token opens the page', async () => {
    const locked = await startLockedApi(under().stack);
    try {
      const tab = await under().open('/', { at: locked.url, as: 'nobody' });
      const { page } = tab;
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      expect(await page.getByText(/SIM-|QUIET-/).count()).toBe(0);
      await page.getByLabel('Or show a token').fill('guessed');
      await page.getByRole('button', { name: 'Show the fleet' }).click();
      await page.getByRole('alert').waitFor();
      await page.getByLabel('Or show a token').fill(locked.viewerToken);
      await page.getByRole('button', { name: 'Show the fleet' }).click();
      await page.waitForSelector(FRESH);
      expect(await seriousProblems(page)).toEqual([]);
      await closeQuiet(tab);
    } finally {
      await locked.stop();
    }
  });
}
