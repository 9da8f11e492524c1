import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { listBackups, removeOldBackups } from './kept-backups.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = (name: string, finished = true): void => {
  mkdirSync(join(folder, name));
  if (finished) writeFileSync(join(folder, name, 'manifest.json'), '{}');
};

test('the oldest finished backups go, and nothing that is not one', () => {
  for (const day of ['20', '22', '21']) make(`cpemon-202611${day}T032000Z`);
  make('cpemon-20261119T032000Z', false);
  make('cpemon-20261119T032000Z.unfinished');
  make('photos');
  expect(removeOldBackups(folder, 2).map((each) => basename(each))).toEqual(['cpemon-20261120T032000Z']);
  expect(listBackups(folder).map((each) => basename(each))).toEqual([
    'cpemon-20261121T032000Z',
    'cpemon-20261122T032000Z',
  ]);
  for (const name of ['cpemon-20261119T032000Z', 'cpemon-20261119T032000Z.unfinished', 'photos'])
    expect(existsSync(join(folder, name))).toBe(true);
});

test('the last backup is never removed', () => {
  make('cpemon-20261120T032000Z');
  expect(() => removeOldBackups(folder, 0)).toThrow('At least one');
  expect(removeOldBackups(folder, 1)).toEqual([]);
});

test('a folder that is not there holds none', () => {
  expect(listBackups(join(folder, 'nowhere'))).toEqual([]);
});
