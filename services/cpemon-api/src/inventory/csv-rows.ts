/** A record of a CSV text: its cells, or what is wrong with it. */
export type CsvRecord = { cells: string[]; problem?: never } | { problem: CsvProblem; cells: string[] };
export type CsvProblem = 'torn_row' | 'too_long' | 'stray_quote';

/** Characters of one record, so that a quote that is never closed does not swallow the file. */
export const LONGEST_CSV_RECORD = 64 * 1024;

/**
 * Cuts CSV (RFC 4180; comma, semicolon or tab, whichever the first line has most of) into records as the text comes.
 * Line ends are LF, CRLF or CR; blank lines are left out.
 */
export interface CsvCutter {
  cut(text: string): CsvRecord[];
  /** What stands after the last line end: a record that may be torn. */
  end(): CsvRecord[];
}

export function createCsvCutter(): CsvCutter {
  let held = '';
  let separator: string | undefined;
  let skipping = false;

  const read = (record: string): CsvRecord => {
    separator ??= separatorOf(record);
    return record.includes('"') ? readQuoted(record, separator) : { cells: record.split(separator) };
  };

  return {
    cut(text) {
      held += text;
      const records: CsvRecord[] = [];
      let start = 0;
      for (;;) {
        const end = endOfRecord(held, start);
        if (end < 0) break;
        const record = held.slice(start, end);
        start = held.charCodeAt(end) === CR && held.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
        if (skipping) skipping = false;
        else if (record.length > LONGEST_CSV_RECORD) records.push({ cells: [], problem: 'too_long' });
        else if (record.trim() !== '') records.push(read(record));
      }
      held = held.slice(start);
      if (held.length > 2 * LONGEST_CSV_RECORD) {
        // Goes on behind the next line end, wherever the quote was meant to close.
        if (!skipping) records.push({ cells: [], problem: 'too_long' });
        const line = held.search(/[\r\n]/);
        held = line < 0 ? '' : held.slice(line + 1);
        skipping = line < 0;
      }
      return records;
    },
    end() {
      const record = held;
      held = '';
      if (skipping || record.trim() === '') return [];
      if (inQuotes(record, 0, record.length))
        return [{ cells: [record.slice(0, 1000)], problem: 'torn_row' }];
      return [read(record)];
    },
  };
}

const LF = 10;
const CR = 13;
const QUOTE = 34;

/** Where the record that begins at `start` ends, or -1; a CR at the very end waits for what may be its LF. */
function endOfRecord(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) quoted = !quoted;
    else if (!quoted && unit === LF) return at;
    else if (!quoted && unit === CR) return at + 1 < text.length ? at : -1;
  }
  return -1;
}

function inQuotes(text: string, start: number, end: number): boolean {
  let quoted = false;
  for (let at = start; at < end; at += 1) if (text.charCodeAt(at) === QUOTE) quoted = !quoted;
  return quoted;
}

const separatorOf = (header: string): string =>
  [',', ';', '\t'].reduce((best, each) =>
    header.split(each).length > header.split(best).length ? each : best,
  );

function readQuoted(record: string, separator: string): CsvRecord {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (record.charCodeAt(at) !== QUOTE) {
      const end = record.indexOf(separator, at);
      const cell = record.slice(at, end < 0 ? undefined : end);
      if (cell.includes('"')) return { cells: [record.slice(0, 1000)], problem: 'stray_quote' };
      cells.push(cell);
      if (end < 0) return { cells };
      at = end + 1;
      continue;
    }
    let cell = '';
    for (at += 1; ;) {
      const quote = record.indexOf('"', at);
      if (quote < 0) return { cells: [record.slice(0, 1000)], problem: 'stray_quote' };
      cell += record.slice(at, quote);
      at = quote + 1;
      if (record.charCodeAt(at) !== QUOTE) break;
      cell += '"';
      at += 1;
    }
    cells.push(cell);
    if (at >= record.length) return { cells };
    if (!record.startsWith(separator, at)) return { cells: [record.slice(0, 1000)], problem: 'stray_quote' };
    at += 1;
  }
}
