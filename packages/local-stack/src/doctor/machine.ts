import { readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { bad, good, warning, type Finding } from './finding.js';

const GIB = 2 ** 30;
/** The log, the device tables and MariaDB's own files of a fleet of a hundred thousand for a day. */
const ENOUGH_DISK_BYTES = 5 * GIB;
/** Intake stops below this share (MIN_FREE_DISK_PERCENT). */
const CLOSED_BELOW_SHARE = 0.1;
/** Database, four services and the page. */
const ENOUGH_MEMORY_BYTES = 1.5 * GIB;
/** MAX_CONNECTIONS of an ingest service, and files beside them. */
const ENOUGH_OPEN_FILES = 10_500;
/** Half the shortest offline threshold is far more; a clock that is off by this is not kept by anything. */
const CLOCK_OFF_MS = 2000;

export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? good('Node.js', `${version}.`)
    : bad('Node.js', `${version} is too old: CPEmon needs 20.19 or later.`);
}

export interface DiskSpace {
  freeBytes: number;
  totalBytes: number;
}

/** Of the disk that holds `folder`, or the nearest folder above it that is there. */
export function readDiskSpace(folder: string): DiskSpace {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, blocks, bsize } = statfsSync(at);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || at === dirname(at)) throw error;
    }
  }
}

export function judgeDisk({ freeBytes, totalBytes }: DiskSpace): Finding {
  const share = freeBytes / totalBytes;
  const says = `${inGib(freeBytes)} of ${inGib(totalBytes)} are free (${Math.round(share * 100)} %)`;
  if (share < CLOSED_BELOW_SHARE)
    return bad('disk', `${says}: below 10 % intake is closed (MIN_FREE_DISK_PERCENT). Make room.`);
  return freeBytes < ENOUGH_DISK_BYTES
    ? warning('disk', `${says}: a day of a large fleet needs more than 5 GiB.`)
    : good('disk', `${says}.`);
}

export function judgeMemory(freeBytes: number): Finding {
  return freeBytes < ENOUGH_MEMORY_BYTES
    ? warning('memory', `${inGib(freeBytes)} are free: a stack with its database takes about 1.5 GiB.`)
    : good('memory', `${inGib(freeBytes)} are free.`);
}

/** The soft limit of open files of this process; undefined where the system does not tell. */
export function readOpenFilesLimit(file = '/proc/self/limits'): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\S+)/m.exec(readFileSync(file, 'utf8')) ?? [];
    return limit === 'unlimited' ? Infinity : limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

export function judgeOpenFiles(limit: number | undefined): Finding {
  if (limit === undefined) return good('open files', 'This system does not tell its limit.');
  return limit < ENOUGH_OPEN_FILES
    ? warning(
        'open files',
        `The limit is ${limit}: with 10,000 connections (MAX_CONNECTIONS) it is reached. Raise it with ulimit -n.`,
      )
    : good('open files', `The limit is ${limit === Infinity ? 'none' : limit}.`);
}

/** @param offMs of the database's clock against ours; positive when the database's is ahead */
export function judgeClock(offMs: number): Finding {
  const seconds = (Math.abs(offMs) / 1000).toFixed(1);
  return Math.abs(offMs) > CLOCK_OFF_MS
    ? warning(
        'clock',
        `This machine and the database differ by ${seconds} s: let both be kept by NTP, or signed webhooks are refused.`,
      )
    : good('clock', `This machine and the database agree within ${Math.max(0.1, Number(seconds))} s.`);
}

const inGib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
