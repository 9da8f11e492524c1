import { eventually } from '../support/eventually.js';
import { closeQuiet, QUIET_SERIAL, type PageUnderTest } from './page-under-test.js';
import { startRoundRobin } from './round-robin.js';

const FRESH = 'body[data-freshness=live]';

/** What an operator must not miss: a writer that is gone, an API that says nothing, and that all is well again. */
export function describeTrouble(under: () => PageUnderTest): void {
  test('a writer that is stopped is seen on the strip, and that it is back', async () => {
    const { stack } = under();
    const tab = await under().open('/');
    const { page } = tab;
    const strip = page.getByRole('region', { name: 'Pipeline' });
    await page.waitForSelector(FRESH);
    await stack.scale('cpemon-writer', 0);
    try {
      await eventually(
        'the API knows of no writer',
        async () => (await stack.pipeline()).writers.length === 0,
        30_000,
      );
      const knownAt = performance.now();
      await page.waitForSelector('body[data-freshness=behind]');
      await strip
        .getByText(/no writer/i)
        .first()
        .waitFor();
      // The figures come once a second; a machine of CI takes longer.
      expect(performance.now() - knownAt).toBeLessThan(5000);
      await page.getByTestId('stale-bar').waitFor();
    } finally {
      await stack.scale('cpemon-writer', 1);
    }
    await page.waitForSelector(FRESH, { timeout: 40_000 });
    await eventually(
      'the strip says so no more',
      async () => (await strip.getByText(/no writer/i).count()) === 0,
    );
    await closeQuiet(tab);
  });

  test('an API that is frozen cannot be missed, with the age of what is shown; it goes on by itself', async () => {
    const tab = await under().open('/');
    const { page } = tab;
    await page.waitForSelector(FRESH);
    under().stack.signal('cpemon-api', 'SIGSTOP');
    try {
      await page.waitForSelector('body[data-freshness=old]');
      const bar = page.getByTestId('stale-bar');
      await bar.waitFor();
      const ages = async (): Promise<number> =>
        Number(/(\d+) s/.exec((await bar.textContent()) ?? '')?.[1] ?? NaN);
      const before = await ages();
      expect(before).toBeGreaterThan(4);
      await eventually('the age grows', async () => (await ages()) > before);
    } finally {
      under().stack.signal('cpemon-api', 'SIGCONT');
    }
    await page.waitForSelector(FRESH, { timeout: 40_000 });
    await eventually(
      'nothing is in the way any more',
      async () => (await page.getByTestId('stale-bar').count()) === 0,
    );
    await closeQuiet(tab);
  });

  test('two replicas behind a plain round robin: page, stream and login work, and connections that break come back', async () => {
    const { stack } = under();
    await stack.scale('cpemon-api', 2);
    const replicas = stack
      .file()
      .processes.filter(({ name }) => name.startsWith('cpemon-api'))
      .map(({ url }) => url!);
    expect(replicas).toHaveLength(2);
    const proxy = await startRoundRobin(replicas);
    try {
      const tab = await under().open('/', { at: proxy.url, as: 'operator' });
      const { page } = tab;
      await page.waitForSelector(FRESH);
      await page
        .getByRole('navigation', { name: 'Screens' })
        .getByRole('link', { name: 'Operations' })
        .waitFor();
      proxy.breakAll();
      await under().report({ sn: QUIET_SERIAL, model: 'Quiet', sw_version: '1.1', interval_seconds: 3600 });
      await page.waitForSelector(FRESH, { timeout: 40_000 });
      await page.goto(`${proxy.url}/devices/${QUIET_SERIAL}`);
      await page.getByText('1.1').first().waitFor();
      expect(Math.min(...proxy.counts)).toBeGreaterThan(2);
      await closeQuiet(tab);
    } finally {
      await proxy.stop();
      await stack.scale('cpemon-api', 1);
    }
  });
}
