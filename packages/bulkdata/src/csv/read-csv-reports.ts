import { countDrop, isRefusal, refuse, type Refusal } from '@cpemon/contracts';
import { BULK_NAME_CHARACTERS, BULK_PARAMETERS, BULK_REPORTS } from '../bulk-limits.js';
import { emptyParameters, type BulkReport, type BulkReports } from '../bulk-report.js';
import { dialectOf } from './csv-dialect.js';
import { csvRows } from './csv-rows.js';

const NO_HEADER = refuse(
  'invalid_csv',
  'CSV begins with a header line of ReportTimestamp and names of parameters.',
);
const TOO_MANY = refuse('too_many_parameters', `A report has at most ${BULK_PARAMETERS} parameters.`);

/**
 * Reads the reports of a CSV text: a row of columns each (ParameterPerColumn), or a row for each parameter
 * (ParameterPerRow), which the header line tells apart.
 */
export function readCsvReports(text: string): BulkReports | Refusal {
  const body = text.trim();
  const dialect = dialectOf(body);
  if (dialect === undefined) return NO_HEADER;
  const rows = csvRows(body, dialect, BULK_PARAMETERS + 2);
  const first = rows.next();
  if (first.done === true) return NO_HEADER;
  const header = headerOf(first.value);
  if (isRefusal(header)) return header;
  const read: BulkReports = { reports: [], rejected: [], leftOut: 0, drops: {} };
  if ('perRow' in header) readParameterRows(rows, header.perRow, dialect.field, read);
  else readReportRows(rows, header, read);
  if (read.reports.length === 0 && read.rejected.length === 0 && !header.isSure) return NO_HEADER;
  leaveOutOldest(read, BULK_REPORTS);
  return read;
}

function addReport(read: BulkReports, report: BulkReport): void {
  // Rows cost less to write than reports to hold.
  if (read.reports.length >= 2 * BULK_REPORTS) leaveOutOldest(read, BULK_REPORTS);
  read.reports.push(report);
}

function leaveOutOldest(read: BulkReports, kept: number): void {
  const tooMany = Math.max(0, read.reports.length - kept);
  read.reports.splice(0, tooMany);
  read.leftOut += tooMany;
}

/** Names by column; '' for a column without one. */
interface ColumnHeader {
  names: string[];
  /** Column of the time; -1 with RowTimestamp `None`. */
  time: number;
  /** Whether it can be nothing else than a header. */
  isSure: boolean;
}

interface RowHeader {
  perRow: { name: number; value: number; type: number; time: number; columns: number };
  isSure: true;
}

/** ReportTimestamp, ParameterName, ParameterValue, ParameterType. */
const ROW_HEADER_COLUMNS = 4;
const NAME = /^[A-Za-z_][\w.\-:{}[\]* ]*$/;
const TIME_NAME = /^(?:ReportTimestamp|CollectionTime)$/i;

function headerOf(cells: readonly string[]): ColumnHeader | RowHeader | Refusal {
  if (cells.length > BULK_PARAMETERS + 1) return TOO_MANY;
  const names = cells.map((cell) => cell.trim());
  // A separator after the last column.
  while (names.at(-1) === '') names.pop();
  if (names.length === 0) return NO_HEADER;
  if (names.some((name) => name !== '' && (!NAME.test(name) || name.length > BULK_NAME_CHARACTERS)))
    return NO_HEADER;
  const lower = names.slice(0, ROW_HEADER_COLUMNS).map((name) => name.toLowerCase());
  const time = names.findIndex((name) => TIME_NAME.test(name));
  const [name, value] = [lower.indexOf('parametername'), lower.indexOf('parametervalue')];
  if (name !== -1 && value !== -1) {
    const type = lower.indexOf('parametertype');
    return { perRow: { name, value, type, time, columns: names.length }, isSure: true };
  }
  return { names, time, isSure: time !== -1 || names.some((each) => each.includes('.')) };
}

/** ParameterPerColumn: each row is a report. */
function readReportRows(rows: Iterable<string[]>, header: ColumnHeader, read: BulkReports): void {
  let { names, time } = header;
  let index = -1;
  for (const cells of rows) {
    index += 1;
    if (cells.length === 1 && cells[0] === '') continue;
    // Some agents send the header again before each retained report.
    if (time !== -1 && TIME_NAME.test(cells[time]?.trim() ?? '')) {
      const again = headerOf(cells);
      if (!isRefusal(again) && 'names' in again) ({ names, time } = again);
      continue;
    }
    if (cells.length > names.length && cells.slice(names.length).some((cell) => cell !== '')) {
      // Nobody can tell which value holds a separator.
      read.rejected.push({ index, reason: 'invalid_csv' });
      continue;
    }
    const report: BulkReport = { parameters: emptyParameters() };
    const { parameters } = report;
    for (let column = 0; column < cells.length; column += 1) {
      const name = names[column];
      if (name === undefined || name === '') continue;
      if (column === time) setTime(report, cells[column]!);
      else parameters[name] = { value: cells[column]! };
    }
    addReport(read, report);
  }
}

/** ParameterPerRow: the rows of a report have the same time; without times it ends where a name comes again. */
function readParameterRows(
  rows: Iterable<string[]>,
  header: RowHeader['perRow'],
  field: string,
  read: BulkReports,
): void {
  const { name: nameAt, value: valueAt, type: typeAt, time: timeAt, columns } = header;
  let report: BulkReport | undefined;
  let time = '';
  let parameters = 0;
  for (const row of rows) {
    const cells = row.length > columns ? joinValue(row, valueAt, columns, field) : row;
    const name = cells[nameAt]?.trim() ?? '';
    const value = cells[valueAt];
    // A header again, before retained reports.
    if (name.toLowerCase() === 'parametername') continue;
    if (name === '' || value === undefined) {
      countDrop(read.drops, 'bad_name');
      continue;
    }
    const ownTime = timeAt === -1 ? '' : cells[timeAt]!;
    if (report === undefined || ownTime !== time || name in report.parameters) {
      report = { parameters: emptyParameters() };
      setTime(report, ownTime);
      time = ownTime;
      parameters = 0;
      addReport(read, report);
    }
    parameters += 1;
    if (parameters > BULK_PARAMETERS) {
      countDrop(read.drops, 'too_many_parameters');
      continue;
    }
    const type = typeAt === -1 ? undefined : cells[typeAt]?.trim();
    report.parameters[name] = type === undefined || type === '' ? { value } : { value, type };
  }
}

/** A value with separators that its sender did not quote: names and types have none. */
function joinValue(row: readonly string[], valueAt: number, columns: number, field: string): string[] {
  const after = row.length - (columns - valueAt - 1);
  return [...row.slice(0, valueAt), row.slice(valueAt, after).join(field), ...row.slice(after)];
}

function setTime(report: BulkReport, text: string): void {
  const time = text.trim();
  if (time !== '') report.collectionTime = time;
}
