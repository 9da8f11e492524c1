import { CSV_SAMPLE_CHARACTERS } from '../bulk-limits.js';

/**
 * How a CSV body is written (TR-181, Device.BulkData.Profile.{i}.CSVEncoding). No header tells it, so it is found out from
 * the header line: names of parameters have neither separators nor quotes in them.
 */
export interface CsvDialect {
  /** FieldSeparator; '' for a body with one column. */
  field: string;
  /** RowSeparator; a carriage return before a line feed is not part of it. */
  row: string;
  /** The character around fields that hold separators, and twice for itself: EscapeCharacter. */
  quote: '"' | "'";
  /** Whether a backslash stands before a quote that does not end its field. */
  backslash: boolean;
}

/** What a name of a parameter, and a time, is made of. */
const NAME_CHARACTERS = 'A-Za-z0-9_.\\-:{}\\[\\]*';
const FIRST_SEPARATOR = new RegExp(`^["']?[${NAME_CHARACTERS}]+["']?([^${NAME_CHARACTERS}"'\\r\\n]{1,4}|$)`);
const TIME_COLUMN = new RegExp(
  `^["']?(?:ReportTimestamp|CollectionTime)["']?([^${NAME_CHARACTERS}"'\\r\\n]{1,4})`,
  'i',
);
/** The last column of ParameterPerRow; what follows it up to the next field ends a row. */
const END_OF_ROW_HEADER = new RegExp(`ParameterType["']?([^${NAME_CHARACTERS}"']{1,4})`);
/** Rows of columns without a line end: separators that people choose. */
const ROW_SEPARATORS = [';', '|', '\t', '~', '^', '#', '!', '&', '\u001e', ' ', ','];

/** @param text without blanks around it */
export function dialectOf(text: string): CsvDialect | undefined {
  const sample = text.slice(0, CSV_SAMPLE_CHARACTERS);
  const row = lineEndOf(text) ?? rowSeparatorOf(sample);
  if (row === undefined) return undefined;
  const end = sample.indexOf(row);
  const header = end === -1 ? sample : sample.slice(0, end);
  const field = (TIME_COLUMN.exec(header) ?? FIRST_SEPARATOR.exec(header))?.[1];
  if (field === undefined) return undefined;
  const quote = quoteOf(sample, field, row);
  const backslash = sample.includes(`\\${quote}`) && isBackslashUsed(sample, quote, field, row);
  return { field, row, quote, backslash };
}

function lineEndOf(text: string): string | undefined {
  if (text.includes('\n')) return '\n';
  return text.includes('\r') ? '\r' : undefined;
}

function rowSeparatorOf(sample: string): string | undefined {
  const known = END_OF_ROW_HEADER.exec(sample)?.[1];
  if (known !== undefined) return known;
  const field = (TIME_COLUMN.exec(sample) ?? FIRST_SEPARATOR.exec(sample))?.[1];
  // Right is what gives every row as many fields as the header has.
  const fits = ROW_SEPARATORS.find((row) => {
    if (row === field || !sample.includes(row)) return false;
    const [header = '', ...rows] = sample.split(row);
    const columns = field === undefined || field === '' ? 1 : header.split(field).length;
    return (
      isHeader(header) &&
      rows.length > 0 &&
      rows.slice(0, -1).every((text) => fieldCount(text, field) === columns) &&
      (rows.at(-1) === '' || fieldCount(rows.at(-1)!, field) <= columns)
    );
  });
  // A header without rows.
  return fits ?? (isHeader(sample) ? '\n' : undefined);
}

const HEADER_END = /[A-Za-z_}\]*0-9]["']?$/;
const isHeader = (text: string): boolean => /^["']?[A-Za-z_]/.test(text) && HEADER_END.test(text);

const fieldCount = (text: string, field: string | undefined): number =>
  field === undefined || field === '' ? 1 : text.split(field).length;

/** Single quotes only where they stand around whole fields and double ones around none. */
function quoteOf(sample: string, field: string, row: string): '"' | "'" {
  const begins = (quote: string): boolean =>
    sample.startsWith(quote) ||
    sample.includes(row + quote) ||
    (field !== '' && sample.includes(field + quote));
  if (begins('"') || !begins("'")) return '"';
  const ends = [row, `\r${row}`, ...(field === '' ? [] : [field])];
  return sample.endsWith("'") || ends.some((end) => sample.includes(`'${end}`)) ? "'" : '"';
}

/** A backslash before a quote at the end of a field is that of a path of Windows. */
function isBackslashUsed(sample: string, quote: string, field: string, row: string): boolean {
  for (let at = sample.indexOf(`\\${quote}`); at !== -1; at = sample.indexOf(`\\${quote}`, at + 1)) {
    const after = at + 2;
    const ends =
      after >= sample.length ||
      (field !== '' && sample.startsWith(field, after)) ||
      sample.startsWith(row, after) ||
      sample.startsWith(`\r${row}`, after);
    if (!ends) return true;
  }
  return false;
}
