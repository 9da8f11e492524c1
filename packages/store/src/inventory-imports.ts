import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

export const IMPORT_OUTCOMES = [
  'added',
  'changed',
  'unchanged',
  'unmatched',
  'ambiguous',
  'refused',
] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];
export type ImportCounts = Record<ImportOutcome, number>;
export type ImportState = 'running' | 'done' | 'failed' | 'interrupted';

/** A row that somebody has to look at. */
export interface ImportRow {
  /** From 1: the line below the header of a CSV file. */
  row: number;
  outcome: Exclude<ImportOutcome, 'added' | 'unchanged'>;
  code: string;
  detail: string;
  /** The row as read, as JSON. */
  content: string;
}

/** Times in epoch ms. */
export interface InventoryImport {
  id: string;
  state: ImportState;
  actor: string;
  startedAt: number;
  touchedAt: number;
  finishedAt: number | null;
  totalBytes: number;
  readBytes: number;
  counts: ImportCounts;
  writtenRevision: number;
  toldRevision: number;
  /** Why it ended early; of one that is done what the operator should know of it. '' for nothing. */
  remark: string;
}

/** An import that says nothing for so long has lost its process. */
export const IMPORT_SILENT_SECONDS = 60;
/** Imports that are kept, with their rows. */
export const IMPORTS_KEPT = 50;
const LONGEST_DETAIL = 255;
const LONGEST_CONTENT = 1024;
const ROWS_A_STATEMENT = 1000;

const COLUMNS = `
  import_id AS id, state, actor, CAST(UNIX_TIMESTAMP(started_at) * 1000 AS UNSIGNED) AS startedAt,
  CAST(UNIX_TIMESTAMP(touched_at) * 1000 AS UNSIGNED) AS touchedAt,
  CAST(UNIX_TIMESTAMP(finished_at) * 1000 AS UNSIGNED) AS finishedAt, total_bytes AS totalBytes,
  read_bytes AS readBytes, added, changed, unchanged, unmatched, ambiguous, refused,
  written_revision AS writtenRevision, told_revision AS toldRevision, problem AS remark`;

function importOfRow(row: RowDataPacket): InventoryImport {
  const { id, state, actor, remark } = row as unknown as InventoryImport;
  return {
    ...{ id, state, actor, remark },
    startedAt: Number(row['startedAt']),
    touchedAt: Number(row['touchedAt']),
    finishedAt: row['finishedAt'] === null ? null : Number(row['finishedAt']),
    totalBytes: Number(row['totalBytes']),
    readBytes: Number(row['readBytes']),
    counts: Object.fromEntries(IMPORT_OUTCOMES.map((each) => [each, Number(row[each])])) as ImportCounts,
    writtenRevision: Number(row['writtenRevision']),
    toldRevision: Number(row['toldRevision']),
  };
}

/** Begins an import, and forgets the oldest ones. @returns false when there is one with this id */
export async function beginImport(
  connection: Connection,
  { id, actor, totalBytes }: { id: string; actor: string; totalBytes: number },
): Promise<boolean> {
  const [result] = await connection.query<ResultSetHeader>(
    `
INSERT IGNORE INTO inventory_imports (import_id, state, actor, started_at, touched_at, total_bytes)
VALUES (?, 'running', ?, SYSDATE(3), SYSDATE(3), ?)`,
    [id, actor.slice(0, 128), totalBytes],
  );
  if (result.affectedRows === 0) return false;
  const [old] = await connection.query<RowDataPacket[]>(
    `SELECT import_id FROM inventory_imports WHERE state <> 'running' ORDER BY started_at DESC LIMIT 1000 OFFSET ?`,
    [IMPORTS_KEPT],
  );
  if (old.length > 0) {
    const ids = old.map((row) => row['import_id'] as string);
    await connection.query('DELETE FROM inventory_import_rows WHERE import_id IN (?)', [ids]);
    await connection.query('DELETE FROM inventory_imports WHERE import_id IN (?)', [ids]);
  }
  return true;
}

/** Books one batch, in its transaction: how far it got, and the rows to look at. */
export async function bookBatch(
  transaction: Connection,
  id: string,
  {
    readBytes,
    counts,
    rows,
    revision,
  }: { readBytes: number; counts: ImportCounts; rows: readonly ImportRow[]; revision: number },
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      'INSERT INTO inventory_import_rows (import_id, row_no, outcome, code, detail, content) VALUES ?',
      [
        rows
          .slice(first, first + ROWS_A_STATEMENT)
          .map(({ row, outcome, code, detail, content }) => [
            ...[id, row, outcome, code, detail.slice(0, LONGEST_DETAIL), content.slice(0, LONGEST_CONTENT)],
          ]),
      ],
    );
  }
  await transaction.query(
    `
UPDATE inventory_imports
   SET read_bytes = ?, touched_at = SYSDATE(3), written_revision = ?,
       ${IMPORT_OUTCOMES.map((each) => `${each} = ${each} + ?`).join(', ')}
 WHERE import_id = ?`,
    [readBytes, revision, ...IMPORT_OUTCOMES.map((each) => counts[each]), id],
  );
}

/** The commands of all changes up to a revision are in the log. */
export async function bookTold(connection: Connection, id: string, revision: number): Promise<void> {
  await connection.query(
    'UPDATE inventory_imports SET told_revision = GREATEST(told_revision, ?), touched_at = SYSDATE(3) WHERE import_id = ?',
    [revision, id],
  );
}

export async function endImport(
  connection: Connection,
  id: string,
  state: Exclude<ImportState, 'running'>,
  remark = '',
): Promise<void> {
  await connection.query(
    `
UPDATE inventory_imports
   SET state = ?, problem = ?, finished_at = SYSDATE(3), touched_at = SYSDATE(3)
 WHERE import_id = ? AND state = 'running'`,
    [state, remark.slice(0, LONGEST_DETAIL), id],
  );
}

export async function readImport(connection: Connection, id: string): Promise<InventoryImport | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM inventory_imports WHERE import_id = ?`,
    [id],
  );
  return row === undefined ? null : importOfRow(row);
}

/** The newest first. */
export async function listImports(connection: Connection, limit: number): Promise<InventoryImport[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM inventory_imports ORDER BY started_at DESC, import_id LIMIT ?`,
    [limit],
  );
  return rows.map(importOfRow);
}

/** Imports whose process is gone: they are to be ended, and what they changed told. */
export async function findSilentImports(connection: Connection): Promise<InventoryImport[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT ${COLUMNS} FROM inventory_imports
 WHERE touched_at < SYSDATE(3) - INTERVAL ? SECOND AND (state = 'running' OR told_revision < written_revision)
 ORDER BY started_at
 LIMIT 10`,
    [IMPORT_SILENT_SECONDS],
  );
  return rows.map(importOfRow);
}

/** Rows of an import to look at, by their number. @param outcome all of them when absent */
export async function readImportRows(
  connection: Connection,
  id: string,
  { after, limit, outcome }: { after: number; limit: number; outcome?: ImportRow['outcome'] },
): Promise<ImportRow[]> {
  const which = outcome === undefined ? '' : ' AND outcome = ?';
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT row_no AS \`row\`, outcome, code, detail, content FROM inventory_import_rows
 WHERE import_id = ? AND row_no > ?${which}
 ORDER BY row_no
 LIMIT ?`,
    [id, after, ...(outcome === undefined ? [] : [outcome]), limit],
  );
  return rows as ImportRow[];
}
