import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAULT_KINDS } from '../chaos/faults/catalogue.js';
import { PLANTS } from '../chaos/plants/all-plants.js';
import type { Plant } from '../chaos/plants/plant.js';
import { makePlantedBuild } from '../chaos/plants/planted-build.js';

const FILE = 'packages/log/dist/appender.js';

let folder: string;
let repository: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-plant-'));
  repository = join(folder, 'repository');
  for (const path of ['sql', 'services', 'node_modules', 'packages/log/dist'])
    mkdirSync(join(repository, path), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const plantWith = (find: string): Plant => ({
  ...{ name: 'a-bug', about: '', edits: [{ file: FILE, find, replace: '$& later();' }] },
  run: { minutes: 1, seed: 1, rate: 10, faults: [], faultEveryMs: 1000 },
});
const build = (text: string, find: string): string => {
  writeFileSync(join(repository, FILE), text);
  return makePlantedBuild(repository, join(folder, 'copy'), plantWith(find));
};

test('the bug is in the copy and not in the build', () => {
  const copy = build('now();', 'now();');
  expect(readFileSync(join(copy, FILE), 'utf8')).toBe('$& later();');
  expect(readFileSync(join(repository, FILE), 'utf8')).toBe('now();');
});

test.each([
  ['is gone', 'soon();'],
  ['is there twice', 'now(); now();'],
])('a plant whose place %s stops and says so', (_what, text) => {
  expect(() => build(text, 'now();')).toThrow('The plant a-bug does not fit the code any more');
});

test('plants have names of their own and faults that exist', () => {
  expect(new Set(PLANTS.map(({ name }) => name)).size).toBe(PLANTS.length);
  const kinds = new Set(FAULT_KINDS.map(({ name }) => name));
  for (const { name, run } of PLANTS)
    expect([name, run.faults.filter((fault) => !kinds.has(fault))]).toEqual([name, []]);
});
