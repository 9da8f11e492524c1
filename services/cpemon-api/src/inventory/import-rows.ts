import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { problemOfColumns, readInventoryRow, type InventoryRow } from '@cpemon/contracts';
import { createLineCutter } from '@cpemon/intake';
import { LONGEST_CSV_RECORD, createCsvCutter, type CsvRecord } from './csv-rows.js';

export type ImportFormat = 'csv' | 'ndjson' | 'json';

/** A row as read: what it says, or why it is none. */
export interface ReadRow {
  /** From 1; the header of a CSV file is none. */
  number: number;
  row?: InventoryRow;
  problem?: { code: string; detail: string };
  /** As JSON, for whoever has to look at it. */
  content: string;
}

/** The file as a whole is none that can be imported. */
export class ImportFileError extends Error {
  override readonly name = 'ImportFileError';
}

/** Rows read and applied together: few enough that nobody else waits long for the process. */
export const ROWS_A_BATCH = 900;
const LONGEST_LINE_BYTES = 64 * 1024;
const MOST_COLUMNS = 200;

/**
 * Reads a file of rows, batch by batch. @yields rows, and how many bytes of the file are read
 * @throws ImportFileError where the file cannot be read at all: no header, columns that mean nothing, not UTF-8
 */
export async function* readImportRows(
  path: string,
  format: ImportFormat,
): AsyncGenerator<{ rows: ReadRow[]; readBytes: number }> {
  let rows: ReadRow[] = [];
  const reader = format === 'csv' ? createCsvReader() : createJsonReader();
  let readBytes = 0;
  const chunks =
    format === 'json' ? linesOfArray(path) : createReadStream(path, { highWaterMark: 256 * 1024 });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    readBytes += chunk.length;
    for (const row of reader.read(chunk)) {
      rows.push(row);
      if (rows.length < ROWS_A_BATCH) continue;
      yield { rows, readBytes };
      rows = [];
    }
  }
  for (const row of reader.end()) rows.push(row);
  yield { rows, readBytes };
}

interface RowReader {
  read(chunk: Buffer): Generator<ReadRow>;
  end(): Generator<ReadRow>;
}

function createCsvReader(): RowReader {
  const cutter = createCsvCutter();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let names: string[] | undefined;
  let number = 0;
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw new ImportFileError(`After row ${number} the file is not UTF-8.`, { cause: error });
    }
  };
  function* take(records: readonly CsvRecord[], isLast: boolean): Generator<ReadRow> {
    for (const record of records) {
      if (names === undefined) names = readHeader(record);
      else yield rowOf(names, record, (number += 1), isLast);
    }
  }
  return {
    read: (chunk) => take(cutter.cut(decode(chunk)), false),
    *end() {
      yield* take([...cutter.cut(decode()), ...cutter.end()], true);
      if (names === undefined) throw new ImportFileError('The file has no line of column names.');
    },
  };
}

function readHeader(record: CsvRecord): string[] {
  if (record.problem !== undefined) throw new ImportFileError('The line of column names is not CSV.');
  const names = record.cells.map((name) => name.trim());
  if (names.length > MOST_COLUMNS) throw new ImportFileError(`A file has at most ${MOST_COLUMNS} columns.`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ImportFileError(`The column "${twice.slice(0, 40)}" stands there twice.`);
  const problem = problemOfColumns(names);
  if (problem !== null) throw new ImportFileError(problem);
  return names;
}

const CSV_PROBLEMS = {
  torn_row: 'The file ends inside a quoted cell.',
  too_long: `A row has at most ${LONGEST_CSV_RECORD} characters: a quote before it may not be closed.`,
  stray_quote: 'A quote stands where none may: a cell with quotes begins with one, and doubles those inside.',
};

function rowOf(names: readonly string[], record: CsvRecord, number: number, isLast: boolean): ReadRow {
  if (record.problem !== undefined) {
    const problem = { code: record.problem, detail: CSV_PROBLEMS[record.problem] };
    return { number, problem, content: JSON.stringify(record.cells.join()) };
  }
  const { cells } = record;
  if (cells.length !== names.length) {
    const detail = `The row has ${cells.length} cells, the header ${names.length}${isLast ? ': the file ends here, perhaps too early' : ''}.`;
    return {
      number,
      problem: { code: isLast ? 'torn_row' : 'wrong_cell_count', detail },
      content: JSON.stringify(cells),
    };
  }
  return readCells(Object.fromEntries(names.map((name, at) => [name, cells[at]!])), number);
}

function readCells(cells: Readonly<Record<string, string>>, number: number): ReadRow {
  const row = readInventoryRow(cells);
  const content = JSON.stringify(cells);
  return 'code' in row ? { number, problem: row, content } : { number, row, content };
}

function createJsonReader(): RowReader {
  const cutter = createLineCutter(LONGEST_LINE_BYTES);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  const readLine = (line: Buffer | undefined, isLast: boolean): ReadRow => {
    number += 1;
    const refused = (code: string, detail: string, content = ''): ReadRow => ({
      ...{ number, problem: { code, detail }, content: JSON.stringify(content.slice(0, 1000)) },
    });
    if (line === undefined) return refused('too_long', `A row has at most ${LONGEST_LINE_BYTES} bytes.`);
    let value: unknown;
    let text = '';
    try {
      text = decoder.decode(line);
      value = JSON.parse(text);
    } catch {
      if (isLast) return refused('torn_row', 'The last line is no JSON: the file ends too early.', text);
      return refused('invalid_json', 'The line is no JSON.', text);
    }
    const cells = cellsOf(value);
    if (cells === null)
      return refused('invalid_row', 'A row is an object of text, numbers and lists of text.', text);
    return readCells(cells, number);
  };
  return {
    *read(chunk) {
      for (const line of cutter.cut(chunk)) yield readLine(line, false);
    },
    *end() {
      for (const line of cutter.end()) yield readLine(line, true);
    },
  };
}

/** The members of an object as text; `labels` may be an object of its own. Null when it is no row. */
function cellsOf(value: unknown): Record<string, string> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const cells: [string, string][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === null || member === undefined) continue;
    if (typeof member === 'string') cells.push([name, member]);
    else if (typeof member === 'number' || typeof member === 'boolean') cells.push([name, String(member)]);
    else if (Array.isArray(member) && member.every((each) => typeof each === 'string'))
      cells.push([name, member.join(' ')]);
    else if (name === 'labels') {
      const labels = cellsOf(member);
      if (labels === null) return null;
      cells.push(...Object.entries(labels));
    } else return null;
  }
  return Object.fromEntries(cells);
}

/** Bytes of a JSON array that is read whole. */
export const JSON_ARRAY_BYTES = 8 * 1024 * 1024;

async function* linesOfArray(path: string): AsyncGenerator<Buffer> {
  const bytes = await readFile(path);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ImportFileError('The body is no JSON.', { cause: error });
  }
  const rows = Array.isArray(value) ? (value as unknown[]) : [value];
  for (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`);
}
