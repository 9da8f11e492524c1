import { chmodSync, existsSync, rmSync, statSync } from 'node:fs';
import type { DataLayout } from '../data-layout.js';
import { isRunning } from '../process-identity.js';
import { readStackFile } from '../stack-file.js';
import { good, type Finding } from './finding.js';

const OTHERS = 0o077;

/** Secrets that others may read, and a stack.json that names what is gone. */
export function examineDataFolder({ folder, secrets, stackFile }: DataLayout): Finding[] {
  if (!existsSync(folder)) return [good('data folder', `${folder} is not there yet: npm start makes it.`)];
  const findings = [...examineMode(secrets), ...examineStackFile(stackFile)];
  return findings.length > 0 ? findings : [good('data folder', `${folder} is in order.`)];
}

function examineMode(file: string): Finding[] {
  if (!existsSync(file) || (statSync(file).mode & OTHERS) === 0) return [];
  return [
    {
      about: 'secrets',
      state: 'bad',
      says: `Others may read ${file}: chmod 600 it.`,
      fix: () => {
        chmodSync(file, 0o600);
        return `Only its owner may read ${file} now.`;
      },
    },
  ];
}

function examineStackFile(file: string): Finding[] {
  const stack = readStackFile(file);
  if (stack === null || isRunning(stack.supervisor)) return [];
  return [
    {
      about: 'stack file',
      state: 'warning',
      says: `${file} is of a stack that was killed: npm start clears what it left.`,
      fix: () => {
        rmSync(file, { force: true });
        return `Removed ${file}.`;
      },
    },
  ];
}
