import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from './process-identity.js';
import { lockStack } from './stack-lock.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpemon-lock-'));
  file = join(folder, 'supervisor.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder that a running process holds is refused, and free after it let go', () => {
  const unlock = lockStack(file, folder);
  expect(() => lockStack(file, folder)).toThrow(
    new RegExp(`A stack is running on ${folder} already \\(process ${process.pid}\\)`),
  );
  unlock();
  lockStack(file, folder)();
  expect(existsSync(file)).toBe(false);
});

test('a lock of a process that is gone, or of another with the same number, is taken over', () => {
  for (const stale of [
    { pid: 2 ** 22 + 1, started: 'x' },
    { ...identifyProcess(process.pid), started: 'earlier' },
    'torn',
  ]) {
    writeFileSync(file, JSON.stringify(stale));
    lockStack(file, folder)();
  }
});
