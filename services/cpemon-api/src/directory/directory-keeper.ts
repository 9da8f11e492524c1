import type { Logger } from '@cpemon/service-kit';
import {
  labelsOfSets,
  readDirectory,
  readDirectoryOf,
  readExternalNames,
  readInventoryRevision,
  type DirectoryRow,
  type LabelMemory,
} from '@cpemon/store';
import type { Connection } from '@cpemon/database';
import type { DatabaseReader } from '../database-reader.js';
import type { FeedReader } from '../stream/feed-reader.js';
import { createDeviceDirectory, type DeviceDirectory } from './device-directory.js';

/** Fills the directory, and follows what changes, as long as somebody asks for it. */
export interface DirectoryKeeper {
  /** The directory once it is whole; null when it is not after a moment: it is being read. */
  use(): Promise<DeviceDirectory | null>;
  stop(): void;
}

export interface DirectoryTimes {
  /** How long whoever asks first waits for it to be filled. */
  patienceMs: number;
  /** Between two looks for new devices and changed ones. */
  lookEveryMs: number;
  /** Nobody has asked for so long: it is dropped. */
  idleMs: number;
  /** A device is no longer new after that: no transaction that gave it a key is still open. */
  settledMs: number;
  /** Between two readings of everything: of a small fleet, and for each device more. */
  sweepEveryMs: number;
  sweepPerDeviceMs: number;
}

export const DIRECTORY_TIMES: DirectoryTimes = {
  patienceMs: 3000,
  lookEveryMs: 1000,
  idleMs: 3_600_000,
  settledMs: 30_000,
  sweepEveryMs: 5000,
  // A million devices: every ten minutes.
  sweepPerDeviceMs: 0.6,
};

const DEVICES_A_READ = 2000;
/** Changed devices that one look reads; the rest waits for the next. */
const MOST_CHANGED = 20_000;
/** Reading everything again takes at most this share of the time of one connection. */
const SWEEP_SHARE = 0.25;

export function createDirectoryKeeper(
  read: DatabaseReader,
  logger: Logger,
  feed: Pick<FeedReader, 'follow'>,
  times: DirectoryTimes = DIRECTORY_TIMES,
): DirectoryKeeper {
  let directory: DeviceDirectory | null = null;
  let whole: Promise<void> | null = null;
  let running: AbortController | null = null;
  let lastUse = 0;
  const changedIds = new Set<number>();
  let stopFollowing: (() => void) | undefined;

  const run = async (signal: AbortSignal, isWhole: () => void): Promise<void> => {
    const filling = createDeviceDirectory();
    const memory: LabelMemory = new Map();
    let settledKey = 0;
    let known: { key: number; at: number }[] = [];
    let revision = -1;
    let sweepAt = 0;
    /** True once all devices were read. */
    const sweep = async (share: number): Promise<boolean> => {
      const { revision: now, isEmpty } = await read(readInventoryRevision);
      for (let after = 0; !signal.aborted;) {
        const startedAt = performance.now();
        const rows = await read(async (connection) => {
          const found = await readDirectory(connection, { after, limit: DEVICES_A_READ });
          await takeIn(connection, filling, found, { memory, isEmpty });
          return found;
        });
        const upTo = rows.length < DEVICES_A_READ ? Number.MAX_SAFE_INTEGER : rows.at(-1)!.deviceId + 1;
        const there = new Set(rows.map(({ deviceId }) => deviceId));
        for (const key of filling.keysBetween(after + 1, upTo)) if (!there.has(key)) filling.remove(key);
        if (rows.length < DEVICES_A_READ) {
          revision = now;
          return true;
        }
        after = rows.at(-1)!.deviceId;
        await pause((performance.now() - startedAt) * (1 / share - 1), signal);
      }
      return false;
    };
    /** New devices, and those that are known to have changed. */
    const look = async (): Promise<void> => {
      const asked = [...changedIds].slice(0, MOST_CHANGED);
      await read(async (connection) => {
        const { revision: now, isEmpty } = await readInventoryRevision(connection);
        if (now !== revision) sweepAt = Math.min(sweepAt, performance.now() + times.lookEveryMs * 5);
        let newest = settledKey;
        for (;;) {
          const rows = await readDirectory(connection, { after: newest, limit: DEVICES_A_READ });
          await takeIn(connection, filling, rows, { memory, isEmpty });
          newest = rows.at(-1)?.deviceId ?? newest;
          if (rows.length < DEVICES_A_READ) break;
        }
        const found = await readDirectoryOf(connection, asked);
        await takeIn(connection, filling, found, { memory, isEmpty });
        const there = new Set(found.map(({ deviceId }) => deviceId));
        for (const deviceId of asked) if (!there.has(deviceId)) filling.remove(deviceId);
        known.push({ key: newest, at: performance.now() });
      });
      for (const deviceId of asked) changedIds.delete(deviceId);
      const settled = known.filter(({ at }) => at < performance.now() - times.settledMs);
      settledKey = settled.at(-1)?.key ?? settledKey;
      known = known.slice(settled.length);
    };

    while (!signal.aborted) {
      let lookedAt = performance.now();
      try {
        if (performance.now() >= sweepAt) {
          if (!(await sweep(directory === null ? 1 : SWEEP_SHARE))) return;
          sweepAt = performance.now() + times.sweepEveryMs + filling.size() * times.sweepPerDeviceMs;
          if (directory === null) {
            directory = filling;
            logger.info({ devices: filling.size() }, 'The directory of devices is filled');
            isWhole();
          }
        }
        lookedAt = performance.now();
        await look();
      } catch (error) {
        // The database is away: what is known stays, and devices that are shown are read anyway.
        logger.debug({ err: error }, 'The directory of devices could not be brought up to date');
      }
      if (performance.now() - lastUse > times.idleMs) stop();
      // While a fleet is new, a look is long.
      await pause(Math.max(times.lookEveryMs, (performance.now() - lookedAt) * 9), signal);
    }
  };

  const start = (): void => {
    const controller = new AbortController();
    running = controller;
    stopFollowing = feed.follow(({ changes }) => {
      for (const { deviceId, kind } of changes) {
        if (deviceId === 0) continue;
        // At once; and once more by a look, as a reading of everything that is under way may bring it back.
        if (kind === 'erased') directory?.remove(deviceId);
        changedIds.add(deviceId);
      }
    });
    whole = new Promise((resolve) => void run(controller.signal, resolve));
  };
  const stop = (): void => {
    running?.abort();
    stopFollowing?.();
    running = null;
    directory = null;
    whole = null;
    changedIds.clear();
  };

  return {
    async use() {
      lastUse = performance.now();
      if (directory !== null) return directory;
      if (running === null) start();
      await Promise.race([whole, pause(times.patienceMs, new AbortController().signal)]);
      return directory;
    },
    stop,
  };
}

async function takeIn(
  connection: Connection,
  directory: DeviceDirectory,
  rows: readonly DirectoryRow[],
  { memory, isEmpty }: { memory: LabelMemory; isEmpty: boolean },
): Promise<void> {
  if (rows.length === 0) return;
  const sets = new Set(rows.map(({ labelSetId }) => labelSetId).filter((id) => !directory.knowsLabels(id)));
  if (sets.size > 0) {
    const labels = await labelsOfSets(connection, [...sets]);
    for (const id of sets) directory.addLabels(id, labels.get(id) ?? []);
  }
  const serialNumbers = rows.map(({ serialNumber }) => serialNumber);
  const names = isEmpty ? null : await readExternalNames(connection, serialNumbers, memory);
  for (const row of rows) directory.put({ row, names: names?.get(row.serialNumber) });
}

/** Resolves after a time, or when it is aborted; keeps no process alive. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, ms));
    timer.unref();
    signal.addEventListener('abort', end, { once: true });
  });
