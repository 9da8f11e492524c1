import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  judgeClock,
  judgeDisk,
  judgeMemory,
  judgeNode,
  judgeOpenFiles,
  readDiskSpace,
  readOpenFilesLimit,
} from './machine.js';

const GIB = 2 ** 30;

test.each([
  ['v20.19.0', 'good'],
  ['v24.1.0', 'good'],
  ['v20.18.3', 'bad'],
  ['v18.20.4', 'bad'],
])('Node.js %s is %s', (version, state) => {
  expect(judgeNode(version).state).toBe(state);
});

test.each([
  [100, 500, 'good'],
  [4, 10, 'warning'],
  [40, 500, 'bad'],
])('%d GiB free of %d are %s', (free, total, state) => {
  expect(judgeDisk({ freeBytes: free * GIB, totalBytes: total * GIB }).state).toBe(state);
});

test('a folder that is not there yet has the disk of the one above it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-disk-'));
  expect(readDiskSpace(join(folder, 'not', 'there')).totalBytes).toBe(readDiskSpace(folder).totalBytes);
  rmSync(folder, { recursive: true });
});

test('little memory, few open files and a clock that is off are told with what to do', () => {
  expect(judgeMemory(GIB)).toMatchObject({ state: 'warning' });
  expect(judgeMemory(8 * GIB)).toMatchObject({ state: 'good' });
  expect(judgeOpenFiles(1024)).toMatchObject({
    state: 'warning',
    says: expect.stringContaining('ulimit -n'),
  });
  expect(judgeOpenFiles(Infinity)).toMatchObject({ state: 'good' });
  expect(judgeClock(-5000)).toMatchObject({ state: 'warning', says: expect.stringContaining('5.0 s') });
  expect(judgeClock(40)).toMatchObject({ state: 'good' });
});

test('the limit of open files is read as the kernel writes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-limits-'));
  const file = join(folder, 'limits');
  writeFileSync(
    file,
    'Limit   Soft Limit   Hard Limit   Units\nMax open files            1024     4096      files\n',
  );
  expect(readOpenFilesLimit(file)).toBe(1024);
  expect(readOpenFilesLimit(join(folder, 'none'))).toBeUndefined();
  rmSync(folder, { recursive: true });
});
