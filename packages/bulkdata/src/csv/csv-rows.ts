import type { CsvDialect } from './csv-dialect.js';

/** The fields of each row, empty rows left out. @param mostFields further fields of a row are not made */
export function* csvRows(text: string, dialect: CsvDialect, mostFields: number): Generator<string[]> {
  const { row, quote } = dialect;
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf(row, at);
    const lineEnd = end === -1 ? text.length : end;
    const line = text.slice(at, withoutReturn(text, at, lineEnd));
    if (line.includes(quote)) {
      const read = quotedRow(text, at, dialect, mostFields);
      at = read.next;
      yield read.fields;
      continue;
    }
    at = lineEnd + row.length;
    if (line !== '') yield plainRow(line, dialect, mostFields);
  }
}

function plainRow(line: string, { field }: CsvDialect, mostFields: number): string[] {
  return field === '' ? [line] : line.split(field, mostFields);
}

function withoutReturn(text: string, start: number, end: number): number {
  return end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN && text.charCodeAt(end) === LINE_FEED
    ? end - 1
    : end;
}
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** A row with a quote somewhere: fields that begin with it may hold separators. */
function quotedRow(
  text: string,
  start: number,
  dialect: CsvDialect,
  mostFields: number,
): { fields: string[]; next: number } {
  const { field, row, quote } = dialect;
  const fields: string[] = [];
  let at = start;
  for (;;) {
    let value: string | undefined;
    let end = at;
    if (text.startsWith(quote, at)) {
      const closed = endOfQuoted(text, at, dialect);
      if (closed !== undefined) {
        value = unescaped(text.slice(at + 1, closed), dialect);
        end = closed + 1;
      }
    }
    const nextField = field === '' ? -1 : text.indexOf(field, end);
    const nextRow = text.indexOf(row, end);
    const rowEnd = nextRow === -1 ? text.length : nextRow;
    const hasMore = nextField !== -1 && nextField < rowEnd;
    const fieldEnd = hasMore ? nextField : rowEnd;
    // A quote that nothing ends, or in the middle, is a character like any other.
    value ??= text.slice(at, hasMore ? fieldEnd : withoutReturn(text, at, fieldEnd));
    if (fields.length < mostFields) fields.push(value);
    if (!hasMore) return { fields, next: rowEnd + row.length };
    at = fieldEnd + field.length;
  }
}

/** Where the quote is that ends the field which begins at `start`; undefined when none does. */
function endOfQuoted(
  text: string,
  start: number,
  { quote, backslash, field, row }: CsvDialect,
): number | undefined {
  for (let at = text.indexOf(quote, start + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (backslash && isEscaped(text, start, at)) continue;
    if (text.startsWith(quote, at + 1)) {
      at += 1;
      continue;
    }
    const after = at + 1;
    const ends =
      after >= text.length ||
      text.startsWith(row, after) ||
      (field !== '' && text.startsWith(field, after)) ||
      text.startsWith(`\r${row}`, after);
    return ends ? at : undefined;
  }
  return undefined;
}

/** Whether an odd number of backslashes stands before a character. */
function isEscaped(text: string, start: number, at: number): boolean {
  let before = at;
  while (before > start + 1 && text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}
const BACKSLASH = 92;

function unescaped(inner: string, { quote, backslash }: CsvDialect): string {
  const single = inner.includes(quote + quote) ? inner.replaceAll(quote + quote, quote) : inner;
  return backslash && single.includes('\\') ? single.replace(/\\(["'\\])/g, '$1') : single;
}
