/** What a dump holds, by its own text. */
export interface DumpContents {
  /** Rows of each table that has any. */
  rows: Record<string, number>;
  /** All rows of the tables that were asked for, by the names of their columns. */
  kept: Record<string, Record<string, string | null>[]>;
  /** Names of stored procedures: who may not read them gets a dump without them. */
  procedures: string[];
  /** It has the line with which the dump program ends: nothing was cut off. */
  complete: boolean;
}

/** Reads a dump as it passes. */
export interface DumpReader {
  push(chunk: Uint8Array): void;
  contents(): DumpContents;
}

const NEWLINE = 0x0a;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;

const INSERT = /^INSERT INTO `([^`]+)` \((.*)\) VALUES\s?$/;
/** Longer than any list of columns; a line that is longer and no INSERT is of no interest. */
const LONGEST_HEAD_BYTES = 64 * 1024;
const PROCEDURE = /^(?:\/\*!\d+ )?CREATE\b.* PROCEDURE `([^`]+)`/;
const COMPLETE = '-- Dump completed';

/** beginning: of a line. other: a line that says nothing to us. values: rows of an INSERT. string: in one of them. */
type Place = 'beginning' | 'other' | 'values' | 'string';

/**
 * Counts the rows of a dump that mariadb-dump or mysqldump writes with `--complete-insert`, extended or not. Line ends in
 * values are escaped there, so an INSERT begins with a line; the bodies of procedures stand between DELIMITER lines.
 * @param keep tables whose rows are kept: small ones
 */
export function createDumpReader(keep: readonly string[]): DumpReader {
  const rows: Record<string, number> = {};
  const kept: DumpContents['kept'] = {};
  const procedures: string[] = [];
  let place: Place = 'beginning';
  let head: number[] = [];
  let table = '';
  let columns: string[] = [];
  let row: number[] | undefined;
  let depth = 0;
  let escaped = false;
  let inProcedure = false;
  let complete = false;

  const endOfHead = (line: string): void => {
    if (line.startsWith('DELIMITER ')) inProcedure = line.trim() !== 'DELIMITER ;';
    if (line.startsWith(COMPLETE)) complete = true;
    const [, procedure] = inProcedure ? (PROCEDURE.exec(line) ?? []) : [];
    if (procedure !== undefined) procedures.push(procedure);
  };
  const beginValues = (line: string): boolean => {
    const [, name, list] = inProcedure ? [] : (INSERT.exec(line) ?? []);
    if (name === undefined || list === undefined) return false;
    table = name;
    columns = [...list.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
    depth = 0;
    return true;
  };
  const mayBeInsert = (): boolean =>
    head.length <= LONGEST_HEAD_BYTES && Buffer.from(head.slice(0, 12)).toString('latin1') === 'INSERT INTO ';

  const atBeginning = (byte: number): void => {
    const isEnd = byte === NEWLINE;
    if (!isEnd) head.push(byte);
    // A row may follow on the same line (MySQL) or on the next (MariaDB).
    if (isEnd || (byte === OPEN && head.length > 12 && mayBeInsert())) {
      const line = Buffer.from(isEnd ? head : head.slice(0, -1)).toString('utf8');
      if (beginValues(line)) {
        head = [];
        place = 'values';
        if (!isEnd) inValues(byte);
        return;
      }
      if (!isEnd) return;
      endOfHead(line);
      head = [];
    } else if (head.length === 32 && !inProcedure && !mayBeInsert()) {
      endOfHead(Buffer.from(head).toString('utf8'));
      head = [];
      place = 'other';
    }
  };
  const inValues = (byte: number): void => {
    if (byte === OPEN) {
      depth += 1;
      if (depth === 1) {
        rows[table] = (rows[table] ?? 0) + 1;
        row = keep.includes(table) ? [] : undefined;
        return;
      }
    } else if (byte === CLOSE) {
      depth -= 1;
      if (depth === 0) {
        if (row !== undefined) (kept[table] ??= []).push(toRecord(columns, row));
        row = undefined;
        return;
      }
    } else if (byte === SEMICOLON && depth === 0) {
      place = 'other';
      return;
    } else if (byte === QUOTE) place = 'string';
    row?.push(byte);
  };
  const inString = (byte: number): void => {
    row?.push(byte);
    if (escaped) escaped = false;
    else if (byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) place = 'values';
  };

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at]!;
        if (place === 'string') inString(byte);
        else if (place === 'values') inValues(byte);
        else if (place === 'beginning') atBeginning(byte);
        else if (byte === NEWLINE) place = 'beginning';
        else {
          const next = chunk.indexOf(NEWLINE, at);
          if (next === -1) break;
          at = next - 1;
        }
      }
    },
    contents() {
      if (head.length > 0) endOfHead(Buffer.from(head).toString('utf8'));
      return { rows, kept, procedures, complete };
    },
  };
}

/** A row's text between its parentheses, taken apart. */
function toRecord(columns: readonly string[], bytes: readonly number[]): Record<string, string | null> {
  const text = Buffer.from(bytes).toString('utf8');
  const values: (string | null)[] = [];
  for (const [, string, plain] of text.matchAll(/'((?:[^'\\]|\\.|'')*)'|([^,']+)/gs)) {
    if (string !== undefined) values.push(string.replaceAll(/\\(.)/gs, '$1').replaceAll("''", "'"));
    else values.push(plain === 'NULL' ? null : (plain ?? ''));
  }
  return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null]));
}
