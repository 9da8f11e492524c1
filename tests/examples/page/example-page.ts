import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Row } from './figures.js';

const FOLDER = resolve(__dirname, '../../../docs/examples');
const BEGIN = '<!-- figures: npm run write:examples -->';
const END = '<!-- end of figures -->';

/**
 * Compares the figures of a page of docs/examples with what a test has just seen, or writes them there when
 * CPEMON_WRITE_EXAMPLES is set (npm run write:examples).
 */
export function checkPage(name: string, rows: readonly Row[], heading = ''): void {
  const file = resolve(FOLDER, `${name}.md`);
  const page = readFileSync(file, 'utf8');
  const mark = heading === '' ? BEGIN : BEGIN.replace('figures', `figures of ${heading}`);
  const from = page.indexOf(mark);
  const to = page.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no place for figures: ${mark} … ${END}`);
  const block = [
    '',
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([about, seen]) => `| ${about} | ${seen} |`),
    '',
    '',
  ].join('\n');
  if (process.env['CPEMON_WRITE_EXAMPLES'] !== undefined) {
    writeFileSync(file, page.slice(0, from + mark.length) + block + page.slice(to));
    return;
  }
  // Otherwise: npm run write:examples, and look whether what has changed is right.
  expect(page.slice(from + mark.length, to)).toBe(block);
}
