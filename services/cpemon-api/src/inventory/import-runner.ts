import { unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@cpemon/database';
import {
  COMMAND_EVENT_TYPE,
  serialNumberForms,
  sourceOfPath,
  type CpeEvent,
  type InventoryCommand,
} from '@cpemon/domain';
import type { WatchedAppender } from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import {
  IMPORT_OUTCOMES,
  bookBatch,
  bookTold,
  endImport,
  findSilentImports,
  loadInventory,
  lockInventory,
  readChangedBoxes,
  writeInventory,
  type ImportCounts,
  type ImportRow,
  type LabelMemory,
} from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import { applyRow, type RowsSeen } from './apply-row.js';
import { ImportFileError, readImportRows, type ImportFormat, type ReadRow } from './import-rows.js';
import { openInventoryBatch, questionOf } from './inventory-batch.js';
import { createRowsSeen } from './rows-seen.js';

export interface ImportRunnerOptions {
  /** A connection at a time, for a batch of an import. */
  run: DatabaseReader;
  appender: Pick<WatchedAppender, 'append'>;
  logger: Logger;
}

export interface ImportWish {
  id: string;
  /** A file of ours, removed afterwards. */
  path: string;
  format: ImportFormat;
}

export interface ImportRunner {
  /** Id of the import that this process works on. */
  running(): string | undefined;
  /** Works through an import that was begun. Never rejects. */
  start(wish: ImportWish): Promise<void>;
  /** Ends imports whose process is gone, and tells the owners of lanes what those had changed. */
  sweep(): Promise<void>;
  /** Leaves the import in hand where it is: whoever sweeps next ends it. */
  stop(): Promise<void>;
}

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 200;
const TOLD_A_PAGE = 2000;
const LONGEST_PAUSE_MS = 5000;

interface Told {
  revision: number;
  events: CpeEvent[];
}

export function createImportRunner({ run, appender, logger }: ImportRunnerOptions): ImportRunner {
  const stopping = new AbortController();
  const labels: LabelMemory = new Map();
  let inHand: string | undefined;
  let underWay: Promise<void> = Promise.resolve();

  /** Tries again what a database that was away, or a deadlock, has undone. */
  const persistently = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run(work);
      } catch (error) {
        if (attempt >= ATTEMPTS || stopping.signal.aborted) throw error;
        await sleep(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal: stopping.signal }).catch(
          () => undefined,
        );
      }
    }
  };

  /** Commands are appended until they are in the log: what the inventory says, the lanes must hear. */
  const tell = async (id: string, { revision, events }: Told): Promise<void> => {
    for (let pauseMs = FIRST_PAUSE_MS; events.length > 0; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await appender.append(events, 'command');
        break;
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        await persistently((connection) => bookTold(connection, id, 0));
      }
    }
    await persistently((connection) => bookTold(connection, id, revision));
  };

  /** @returns what the operator should know of an import that is done; '' when there is nothing */
  const work = async ({ id, path, format }: ImportWish): Promise<string> => {
    const seen = createRowsSeen();
    const leftOut = new Set<string>();
    let telling: Promise<void> = Promise.resolve();
    for await (const { rows, readBytes } of readImportRows(path, format)) {
      stopping.signal.throwIfAborted();
      for (const { row } of rows) for (const column of row?.leftOut ?? []) leftOut.add(column);
      const told = await persistently((connection) =>
        inTransaction(connection, () => applyBatch(connection, id, { rows, readBytes }, seen, labels)),
      );
      await telling;
      telling = tell(id, told);
      // Waited for with the next batch.
      telling.catch(() => undefined);
    }
    await telling;
    return leftOut.size === 0
      ? ''
      : `Not taken over, because devices say it themselves: ${[...leftOut].sort().join(', ')}.`;
  };

  const runImport = async (wish: ImportWish): Promise<void> => {
    const startedAt = performance.now();
    try {
      const note = await work(wish);
      // Who reads that it is done may begin the next one.
      inHand = undefined;
      await persistently((connection) => endImport(connection, wish.id, 'done', note));
      const seconds = Math.round(performance.now() - startedAt) / 1000;
      logger.info({ import: wish.id, seconds }, 'An import of the inventory is done');
    } catch (error) {
      if (stopping.signal.aborted) return;
      const problem =
        error instanceof ImportFileError ? error.message : 'The database or the log did not answer.';
      inHand = undefined;
      logger.warn({ err: error, import: wish.id }, 'An import of the inventory ended early');
      await run((connection) => endImport(connection, wish.id, 'failed', problem)).catch(() => undefined);
    } finally {
      await unlink(wish.path).catch(() => undefined);
    }
  };

  return {
    running: () => inHand,
    start(wish) {
      inHand = wish.id;
      underWay = runImport(wish);
      return underWay;
    },
    async sweep() {
      const silent = await run(findSilentImports);
      for (const { id, toldRevision, writtenRevision } of silent) {
        if (id === inHand) continue;
        for (let afterBox = 0; ;) {
          const page = { afterBox, limit: TOLD_A_PAGE };
          const boxes = await run((connection) =>
            readChangedBoxes(connection, toldRevision, writtenRevision, page),
          );
          if (boxes.length === 0) break;
          await appender.append(boxes.flatMap(commandsOf), 'command');
          afterBox = boxes.at(-1)!.boxId;
        }
        await run(async (connection) => {
          await bookTold(connection, id, writtenRevision);
          await endImport(connection, id, 'interrupted', 'The process that worked on it is gone.');
        });
        logger.warn(
          { import: id },
          'An import was interrupted; what it had changed has been told to the lanes',
        );
      }
    },
    async stop() {
      stopping.abort();
      await underWay;
    },
  };
}

async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query('START TRANSACTION');
  try {
    const result = await work();
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function applyBatch(
  connection: Connection,
  id: string,
  { rows, readBytes }: { rows: readonly ReadRow[]; readBytes: number },
  seen: RowsSeen,
  labels: LabelMemory,
): Promise<Told> {
  const moment = await lockInventory(connection);
  const readable = rows.flatMap(({ row }) => (row === undefined ? [] : [row]));
  const batch = openInventoryBatch(await loadInventory(connection, questionOf(readable), labels));
  const counts = Object.fromEntries(IMPORT_OUTCOMES.map((each) => [each, 0])) as ImportCounts;
  const toLookAt: ImportRow[] = [];
  for (const { number, row, problem, content } of rows) {
    const { outcome, code, detail } =
      row === undefined
        ? { outcome: 'refused' as const, code: problem?.code ?? 'invalid_row', detail: problem?.detail ?? '' }
        : applyRow(batch, row, number, seen);
    counts[outcome] += 1;
    if (outcome !== 'added' && outcome !== 'unchanged')
      toLookAt.push({ row: number, outcome, code, detail, content });
  }
  const changed = await writeInventory(connection, batch.changes(), moment);
  await bookBatch(connection, id, { readBytes, counts, rows: toLookAt, revision: moment.revision });
  const events = changed.flatMap(({ box, command }) => commandsOf({ ...box, command }));
  return { revision: moment.revision, events };
}

/** One event for each form of the serial number, since it is not known by which the device reports: one of them meets none. */
function commandsOf({
  boxId,
  serialNumber,
  oui,
  productClass,
  command,
}: {
  boxId: number;
  serialNumber: string;
  oui: string;
  productClass: string;
  command: InventoryCommand;
}): CpeEvent[] {
  return serialNumberForms(serialNumber).map((subject) => ({
    id: `${command.revision}-${boxId}`,
    source: sourceOfPath('command'),
    type: COMMAND_EVENT_TYPE,
    subject,
    ...(oui === '' ? {} : { oui }),
    ...(productClass === '' ? {} : { productclass: productClass }),
    data: { command },
  }));
}
