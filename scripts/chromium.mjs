import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Where a Chromium or Chrome usually is; the first is Debian's. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const NO_CHROMIUM =
  'There is no Chromium: apt-get install chromium, brew install --cask google-chrome, or name one in CPEMON_CHROMIUM.';

/**
 * The browser of CPEMON_CHROMIUM, or one of the machine. Nothing is downloaded.
 * @returns {string | undefined}
 */
export function findChromium() {
  const given = process.env.CPEMON_CHROMIUM ?? '';
  return (given === '' ? USUAL_PATHS : [given]).find((path) => existsSync(path));
}

/** Starts it; it reaches nothing but this machine. */
export function launchChromium() {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(NO_CHROMIUM);
  return chromium.launch({
    executablePath,
    args: [
      ...['--headless', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      // Chromium's sandbox does not work for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}
