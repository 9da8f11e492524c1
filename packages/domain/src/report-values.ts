import type { DeviceRecord, Report } from './device-record.js';
import { ATTRIBUTE_NAMES, type AttributeName, type ReportData } from './event.js';

/** Longest value kept of each attribute, characters; an address that is longer is none. */
const LONGEST_ATTRIBUTE: Record<AttributeName, number> = {
  wan_ip: 45,
  sw_version: 64,
  hw_version: 64,
  manufacturer: 64,
  model: 64,
};
const LONGEST_METRIC_NAME = 128;
/** A source that names more than this forgets what it has not mentioned for the longest time. */
const VALUES_PER_SOURCE = 256;

/** What a report is ordered and ranked by. */
export type ReportStamp = Omit<Report, 'attributes' | 'metrics'>;

/**
 * The reports of one source with one more. Per value the greater `orderAt` wins, and of two that are equal the later
 * position, whichever was applied first; a report of which nothing is left goes.
 * @param reports newest first; reused
 */
export function withReport(reports: Report[], stamp: ReportStamp, data: ReportData): Report[] {
  const [newest] = reports;
  if (newest !== undefined && reports.length === 1 && !isNewer(newest, stamp) && refresh(newest, data)) {
    newest.orderAt = stamp.orderAt;
    newest.deviceTime = stamp.deviceTime;
    newest.rankAt = stamp.rankAt;
    newest.sequence = stamp.sequence;
    return reports;
  }
  return mergeReport(reports, { ...stamp, attributes: keptAttributes(data), metrics: keptMetrics(data) });
}

/** Whether one report of a source is newer than another, which a requeue may apply after it. */
export function isNewer(
  report: Pick<Report, 'orderAt' | 'sequence'>,
  other: Pick<Report, 'orderAt' | 'sequence'>,
): boolean {
  return report.orderAt === other.orderAt ? report.sequence > other.sequence : report.orderAt > other.orderAt;
}

/**
 * Takes over the values of a report that names the same ones: the usual case by far, done in place because a new
 * object for each report of a fleet is what a garbage collector would spend its time on. False, and nothing changed,
 * when the names differ.
 */
function refresh(known: Report, data: ReportData): boolean {
  const { attributes = NO_VALUES, metrics = NO_VALUES } = data;
  if (!sameAttributes(known.attributes, attributes) || !sameMetrics(known.metrics, metrics)) return false;
  for (const name in attributes) {
    const value = attributes[name as AttributeName];
    if (known.attributes[name as AttributeName] !== value) known.attributes[name as AttributeName] = value!;
  }
  for (const name in metrics) known.metrics[name] = metrics[name]!;
  return true;
}

function sameAttributes(known: Report['attributes'], given: NonNullable<ReportData['attributes']>): boolean {
  let names = 0;
  for (const name in given) {
    const value: unknown = given[name as AttributeName];
    if (known[name as AttributeName] === undefined || typeof value !== 'string' || value === '') return false;
    if (value.length > LONGEST_ATTRIBUTE[name as AttributeName]) return false;
    names += 1;
  }
  for (const _name in known) names -= 1;
  return names === 0;
}

function sameMetrics(known: Report['metrics'], given: NonNullable<ReportData['metrics']>): boolean {
  let names = 0;
  for (const name in given) {
    if (!Number.isFinite(given[name]) || !Object.hasOwn(known, name)) return false;
    names += 1;
  }
  for (const _name in known) names -= 1;
  return names === 0;
}

const NO_VALUES: Readonly<Record<string, never>> = Object.freeze({});

/** The attributes of a report that can be kept, cut to the length of their columns. */
function keptAttributes(data: ReportData): Report['attributes'] {
  const kept: Report['attributes'] = {};
  for (const name of ATTRIBUTE_NAMES) {
    const value: unknown = data.attributes?.[name];
    if (typeof value !== 'string' || value === '') continue;
    if (value.length <= LONGEST_ATTRIBUTE[name]) kept[name] = value;
    else if (name !== 'wan_ip') kept[name] = value.slice(0, LONGEST_ATTRIBUTE[name]);
  }
  return kept;
}

/** The metrics of a report that are finite numbers. */
function keptMetrics(data: ReportData): Report['metrics'] {
  const kept: Report['metrics'] = {};
  let names = 0;
  for (const name in data.metrics) {
    const value = data.metrics[name];
    if (!Number.isFinite(value) || name.length > LONGEST_METRIC_NAME || names >= VALUES_PER_SOURCE) continue;
    kept[name] = value!;
    names += 1;
  }
  return kept;
}

function mergeReport(reports: readonly Report[], incoming: Report): Report[] {
  const merged: Report[] = [];
  let added: Report | null = incoming;
  let placed = false;
  for (const known of reports) {
    if (isNewer(known, incoming)) {
      if (added !== null) added = withoutValues(added, known);
      merged.push(known);
      continue;
    }
    if (!placed && added !== null) merged.push(added);
    placed = true;
    const left = withoutValues(known, incoming);
    if (left !== null) merged.push(left);
  }
  if (!placed && added !== null) merged.push(added);
  return merged.length > 1 ? withinLimit(merged) : merged;
}

/**
 * The reports with the values of one made again from the event that it is of, in place as far as they are the same:
 * names in newer reports are theirs, and what it names and did not hold is taken from the older ones.
 * @param at index of the report
 */
export function rewriteReport(reports: Report[], at: number, data: ReportData): Report[] {
  const report = reports[at]!;
  let said: Report | null = { ...report, attributes: keptAttributes(data), metrics: keptMetrics(data) };
  for (const newer of reports.slice(0, at)) said = said === null ? null : withoutValues(said, newer);
  overwrite(report.attributes, said?.attributes ?? {});
  overwrite(report.metrics, said?.metrics ?? {});
  const empty = at > 0 && isEmpty(report.attributes) && isEmpty(report.metrics);
  const older = reports.slice(at + 1).flatMap((known) => withoutValues(known, report) ?? []);
  return [...reports.slice(0, at), ...(empty ? [] : [report]), ...older];
}

/** Names that stay keep their place: what is written of a record that has not changed is the same, byte for byte. */
function overwrite<T extends object>(known: T, said: T): void {
  for (const name of Object.keys(known)) if (!Object.hasOwn(said, name)) delete known[name as keyof T];
  Object.assign(known, said);
}

function withoutValues(report: Report, taken: Report): Report | null {
  const attributes = without(report.attributes, taken.attributes);
  const metrics = without(report.metrics, taken.metrics);
  if (isEmpty(attributes) && isEmpty(metrics)) return null;
  if (attributes === report.attributes && metrics === report.metrics) return report;
  return { ...report, attributes, metrics };
}

/** `values` without the names in `taken`; itself when it has none of them. */
function without<T extends object>(values: T, taken: object): T {
  const names = Object.keys(values);
  const left = names.filter((name) => !Object.hasOwn(taken, name));
  if (left.length === names.length) return values;
  return Object.fromEntries(left.map((name) => [name, values[name as keyof T]])) as T;
}

const isEmpty = (values: object): boolean => Object.keys(values).length === 0;

function withinLimit(reports: Report[]): Report[] {
  let values = 0;
  const limit = reports.findIndex((report) => {
    values += Object.keys(report.attributes).length + Object.keys(report.metrics).length;
    return values > VALUES_PER_SOURCE;
  });
  return limit < 0 ? reports : reports.slice(0, Math.max(1, limit));
}

/** Whether `report` has the say where both name a value: the one received later, then the later position. */
export function outranks(report: Report, other: Report): boolean {
  return report.rankAt === other.rankAt ? report.sequence > other.sequence : report.rankAt > other.rankAt;
}

/** The report whose value of an attribute or metric is the current one, and its source; null when none names it. */
export function reportInForce(
  record: DeviceRecord,
  kind: 'attributes' | 'metrics',
  name: string,
): { report: Report; source: string } | null {
  let best: { report: Report; source: string } | null = null;
  for (const { source, reports } of record.sources) {
    const report = reports.find((candidate) => Object.hasOwn(candidate[kind], name));
    if (report !== undefined && (best === null || outranks(report, best.report))) best = { report, source };
  }
  return best;
}

/** All current values of a device by name. */
export function currentValues(record: DeviceRecord): {
  attributes: Partial<Record<AttributeName, string>>;
  metrics: Record<string, number>;
} {
  const reports = record.sources.flatMap((source) => source.reports);
  reports.sort((a, b) => (outranks(a, b) ? 1 : -1));
  return {
    attributes: Object.assign({}, ...reports.map((report) => report.attributes)) as Record<
      AttributeName,
      string
    >,
    metrics: Object.assign({}, ...reports.map((report) => report.metrics)) as Record<string, number>,
  };
}
