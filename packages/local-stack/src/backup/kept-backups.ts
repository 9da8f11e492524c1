import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE } from './manifest.js';

const NAME = /^cpemon-\d{8}T\d{6}Z$/;

/** Finished backups below a folder, the oldest first. */
export function listBackups(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name) && existsSync(join(folder, name, MANIFEST_FILE)))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Removes the oldest finished backups until `keep` are left. What has another name, or no manifest, is not ours to remove.
 * @returns what was removed
 */
export function removeOldBackups(folder: string, keep: number): string[] {
  if (!Number.isInteger(keep) || keep < 1) throw new Error('At least one backup is kept.');
  const backups = listBackups(folder);
  const old = backups.slice(0, Math.max(0, backups.length - keep));
  for (const each of old) rmSync(each, { recursive: true, force: true });
  return old;
}
