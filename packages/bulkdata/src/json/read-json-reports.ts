import {
  countDrop,
  isDeeperThan,
  isRefusal,
  parseJsonText,
  refuse,
  TOO_DEEP,
  type DropCounts,
  type Refusal,
} from '@cpemon/contracts';
import type { ParameterValues } from '@cpemon/domain';
import { BULK_LEVELS, BULK_PARAMETERS, BULK_REPORTS } from '../bulk-limits.js';
import { createKnownPaths, pathBelow, type KnownPath } from './known-paths.js';
import { emptyParameters, type BulkReport, type BulkReports } from '../bulk-report.js';

const NO_REPORT = refuse('not_bulk_data', 'The body is a JSON object with a list of reports in "Report".');
const TOO_MANY = refuse('too_many_parameters', `A report has at most ${BULK_PARAMETERS} parameters.`);
const NOT_A_REPORT = refuse('not_bulk_data', 'A report is a JSON object.');

const PATHS = createKnownPaths();

type Fields = Record<string, unknown>;

/**
 * Reads the reports of a JSON text: `{"Report": [{"CollectionTime": …, …}]}`. ObjectHierarchy and NameValuePair need not
 * be told apart: what lies inside an object has its name before its own, and a sender that mixes them is understood.
 */
export function readJsonReports(text: string): BulkReports | Refusal {
  // Objects inside each other cost little until they are walked; arrays do not, and no report has a dozen.
  if (hasManyArrays(text) && isDeeperThan(text, BULK_LEVELS)) return TOO_DEEP;
  const parsed = parseJsonText(text);
  if (isRefusal(parsed)) return parsed;
  const elements = elementsOf(parsed.value);
  if (elements === undefined) return NO_REPORT;

  const leftOut = Math.max(0, elements.length - BULK_REPORTS);
  const read: BulkReports = { reports: [], rejected: [], leftOut, drops: {} };
  for (let index = leftOut; index < elements.length; index += 1) {
    const report = readReport(elements[index], read.drops);
    if (isRefusal(report)) read.rejected.push({ index, reason: report.code });
    else read.reports.push(report);
  }
  return read;
}

const SUSPECT_ARRAYS = 12;

function hasManyArrays(text: string): boolean {
  let found = 0;
  for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', at + 1)) {
    found += 1;
    if (found > SUSPECT_ARRAYS) return true;
  }
  return false;
}

/** What stands in `Report`; a report alone or a list of them is taken as well. */
function elementsOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value as unknown[];
  if (!isObject(value)) return undefined;
  const list = value['Report'] ?? value['report'];
  if (Array.isArray(list)) return list as unknown[];
  if (isObject(list)) return [list];
  if (list !== undefined) return undefined;
  return Object.keys(value).some(isReportKey) ? [value] : undefined;
}

const isReportKey = (name: string): boolean =>
  isTimeName(name) || /^(?:InternetGateway)?Device(?:\.|$)/.test(name);

/** Turns an element into a report where it stands: most have a name and a value each, and need no second object. */
function readReport(element: unknown, drops: DropCounts): BulkReport | Refusal {
  if (!isObject(element)) return NOT_A_REPORT;
  const names = Object.keys(element);
  let left = BULK_PARAMETERS;
  const report: BulkReport = { parameters: element as ParameterValues };
  let nested: [name: string, value: object][] | undefined;
  for (const name of names) {
    const value = element[name];
    if (isTimeName(name)) {
      if (typeof value === 'string' || typeof value === 'number') report.collectionTime = value;
      delete element[name];
    } else if (typeof value === 'object') {
      delete element[name];
      if (value !== null) (nested ??= []).push([name, value]);
    } else {
      element[name] = { value: textOf(value) ?? '' };
      left -= 1;
    }
  }
  if (left < 0) return TOO_MANY;
  if (nested === undefined) return report;
  const flat = emptyParameters();
  const root = PATHS.root();
  for (const name in report.parameters) flat[name] = report.parameters[name]!;
  for (const [name, value] of nested) {
    left -= addValue(flat, pathBelow(root, name), value, 1, left, drops);
    if (left < 0) return TOO_MANY;
  }
  report.parameters = flat;
  return report;
}

/** `CollectionTime`; of senders that use the name of CSV, `ReportTimestamp`. */
function isTimeName(name: string): boolean {
  if (name.length !== 14 && name.length !== 15) return false;
  const lower = name.toLowerCase();
  return lower === 'collectiontime' || lower === 'reporttimestamp';
}

/** @param left how many more may be added. @returns how many were; more than `left` when there are too many */
function addValue(
  parameters: ParameterValues,
  path: KnownPath,
  value: unknown,
  level: number,
  left: number,
  drops: DropCounts,
): number {
  if (isObject(value)) {
    if (level >= BULK_LEVELS) {
      countDrop(drops, 'nested');
      return 0;
    }
    let added = 0;
    for (const name in value) {
      added += addValue(parameters, pathBelow(path, name), value[name], level + 1, left - added, drops);
      if (added > left) break;
    }
    return added;
  }
  const text = textOf(value);
  if (text === undefined) {
    if (value !== null) countDrop(drops, 'nested');
    return 0;
  }
  parameters[path.text] = { value: text };
  return 1;
}

/** A list is text with commas in the data models. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  const items = value as unknown[];
  return items.every((item) => typeof item !== 'object') ? items.join(',') : undefined;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
