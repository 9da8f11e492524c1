import { setTimeout as sleep } from 'node:timers/promises';
import { freeRatioByServer, readSemiSync, type Connection } from '@cpemon/database';
import { readBacklogBytes } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';
import { freeRatioOf } from './disk-space.js';
import { GATE_REASONS, type GateReading, type GateReason, type IntakeGate } from './intake-gate.js';

export interface GateWatchOptions {
  gate: IntakeGate;
  /** A path on the database's disk; undefined: what the server tells. */
  diskPath: string | undefined;
  /** Runs reads on a connection; rejects when the database does not answer in time. */
  run: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  /** For the metrics: after every look. */
  seen: (reading: GateReading, closedBy: readonly GateReason[]) => void;
  logger: Pick<Logger, 'warn' | 'info'>;
  everyMs?: number;
}

/** A start waits no longer for the first look. */
const FIRST_LOOK_MS = 1500;

/**
 * Looks once a second how much waits in the log, how much of the database's disk is free, and whether commits wait for a
 * replica where they should, and tells the gate. What cannot be read is left as it was: the gate forgets it after some
 * seconds. Resolves after the first look, so that a service that listens afterwards takes nothing that it should refuse;
 * or soon, when the database does not answer.
 */
export async function startGateWatch(options: GateWatchOptions): Promise<{ stop(): Promise<void> }> {
  const { gate, run, seen, logger, everyMs = 1000 } = options;
  const stopping = new AbortController();
  const tell = createTeller(logger);
  const readDisk = createDiskReader(options);

  const look = async (): Promise<void> => {
    const ofServer = await run(readServer).catch(() => UNKNOWN);
    const reading: GateReading = { ...ofServer, freeDiskRatio: await readDisk() };
    const now = performance.now();
    gate.read(reading, now);
    const closedBy = gate.closedBy(now);
    tell(closedBy, reading);
    seen(reading, closedBy);
  };
  const firstLook = look();
  const looking = (async () => {
    await firstLook;
    while (!stopping.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await look();
    }
  })();
  await Promise.race([firstLook, sleep(FIRST_LOOK_MS, undefined, { ref: false })]);
  return {
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}

const UNKNOWN: Omit<GateReading, 'freeDiskRatio'> = { backlogBytes: null, semiSync: null };

/** What cannot be read does not keep the other from being known. */
async function readServer(connection: Connection): Promise<typeof UNKNOWN> {
  return {
    backlogBytes: await readBacklogBytes(connection).catch(() => null),
    semiSync: await readSemiSync(connection).catch(() => null),
  };
}

/** Reads the free space; when nobody can tell, says so once and goes on asking the path, not the server. */
function createDiskReader({
  diskPath,
  run,
  logger,
}: Pick<GateWatchOptions, 'diskPath' | 'run' | 'logger'>): () => Promise<number | null> {
  let serverTells = true;
  let warned = false;
  const unknown = (facts: object, sentence: string): null => {
    if (!warned) logger.warn(facts, sentence);
    warned = true;
    return null;
  };
  return async () => {
    if (diskPath !== undefined) {
      return freeRatioOf(diskPath).catch((error: unknown) =>
        unknown({ err: error, diskPath }, 'The free space of DATABASE_DISK_PATH cannot be read'),
      );
    }
    if (!serverTells) return null;
    try {
      const ratio = await run(freeRatioByServer);
      if (ratio !== null) return ratio;
    } catch {
      return null;
    }
    serverTells = false;
    return unknown(
      {},
      'Nobody tells how much of the database disk is free, so intake does not stop for it: ' +
        "set DATABASE_DISK_PATH, or install MariaDB's plugin disks and grant FILE to this user",
    );
  };
}

/** What senders are told. */
const CODES: Record<GateReason, string> = {
  ...{ backlog: 'backlog_full', disk: 'backlog_full' },
  replication: 'not_replicated',
};

function createTeller(
  logger: Pick<Logger, 'warn' | 'info'>,
): (closedBy: readonly GateReason[], reading: GateReading) => void {
  let before: readonly GateReason[] = [];
  return (closedBy, reading) => {
    for (const reason of GATE_REASONS) {
      const [was, is] = [before.includes(reason), closedBy.includes(reason)];
      if (is && !was)
        logger.warn({ reason, ...reading }, `Intake is closed: senders get 503 ${CODES[reason]}`);
      if (was && !is) logger.info({ reason, ...reading }, 'Intake is no longer closed for this reason');
    }
    before = closedBy;
  };
}
