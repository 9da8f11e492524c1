import {
  IDENTITY_CODE_LENGTH,
  REMEMBERED_IDENTITIES,
  identitiesToText,
  type DeviceRecord,
  type RepeatMemory,
  type Report,
  type SourceRecord,
} from '@cpemon/domain';
import { encodeHealth, hasHealthMemory } from './health-memory.js';
import { ATTRIBUTE_BITS, METRIC_BITS, type ColumnValues } from './value-columns.js';

/**
 * What the lane's owner remembers of a device beside the columns, as JSON:
 *
 *   [2, "recent identities", [source, …],
 *    {"repeats":[retryCount, startedAt, "told", "transfers"],
 *     "chatty":[since, normalMs, countedSince, reports, usualPerMinute],
 *     "restless":[bootAt, [boot, …], loopSince, [return, …], flappingSince],
 *     "health":{…},
 *     "was":[productClass, until]}]
 *   source: ["/heartbeat", at, received, seen, [declaredSeconds, order], [report, …],
 *            {"gaps":[ms, …], "periodic":time, "step":[skewMs, received, boot], "silent":time}]
 *   report: [order, deviceTime, rank, sequence, mask, {attributes}, {metrics}]
 *   health: see health-memory.ts
 *
 * The 2 is the version. The last element is there when there is something to say, which is seldom; a writer of an older
 * release passes over it. `at` is the newest report's order (of a source that has only given signs of life the last of
 * them, and then `received` is null), epoch ms, and every other time is in ms from there, because bytes are what this
 * row costs. What is not known is left out or null. A bit of `mask` says that the value of that column (value-columns.ts) is this report's, so that
 * it need not be written twice. Spaces at the end keep the length from changing at every report: InnoDB updates a
 * column of the same length in place, which takes a quarter less time. There are as many more as the identities still
 * to come will need: a fleet that is new grows full together, and without that room all pages of the table would split
 * within the same minute.
 * @param escape what to do to strings that came from outside, for a place where JSON alone is not safe
 */
export function encodeMemory(
  record: DeviceRecord,
  columns: ColumnValues,
  escape: (json: string) => string = (json) => json,
): string {
  let text = `[${MEMORY_VERSION},"${identitiesToText(record.recentIdentities)}",[`;
  for (let at = 0; at < record.sources.length; at += 1) {
    if (at > 0) text += ',';
    text += encodeSource(record.sources[at]!, columns, escape);
  }
  const room = IDENTITY_CODE_LENGTH * (REMEMBERED_IDENTITIES - record.recentIdentities.length);
  text += hasFurther(record) ? `],${encodeFurther(record, escape)}]` : ']]';
  return `${text}${PADDING[room + (-(text.length + room) & (LENGTH_STEP - 1))]!}`;
}

export const MEMORY_VERSION = 2;
const LENGTH_STEP = 64;
const LONGEST_PADDING = LENGTH_STEP + IDENTITY_CODE_LENGTH * REMEMBERED_IDENTITIES;
const PADDING = Array.from({ length: LONGEST_PADDING }, (_, length) => ' '.repeat(length));

function encodeSource(source: SourceRecord, columns: ColumnValues, escape: (json: string) => string): string {
  const at = originOf(source);
  const received = source.newestAt === -Infinity ? null : source.newestReceivedAt - at;
  let text =
    `[${escape(JSON.stringify(source.source))},${at},${received},${source.lastSeenAt - at},` +
    (source.declaredSeconds === null ? 'null,[' : `[${source.declaredSeconds},${source.declaredAt - at}],[`);
  for (let n = 0; n < source.reports.length; n += 1) {
    if (n > 0) text += ',';
    text += encodeReport(source.reports[n]!, at, columns, escape);
  }
  return `${text}]${encodeRhythm(source, at)}]`;
}

const hasFurther = (record: DeviceRecord): boolean =>
  record.repeats !== null ||
  record.reportRate !== null ||
  record.restlessness !== null ||
  record.formerClass !== null ||
  hasHealthMemory(record);

function encodeFurther(record: DeviceRecord, escape: (json: string) => string): string {
  const { repeats, reportRate, restlessness, formerClass } = record;
  let text = '';
  if (repeats !== null) text += `,${encodeRepeats(repeats)}`;
  if (reportRate !== null) {
    const { chattySince, normalMs, countedSince, reports, usualPerMinute } = reportRate;
    text += `,"chatty":[${chattySince},${normalMs},${countedSince},${reports},${usualPerMinute}]`;
  }
  if (restlessness !== null) {
    const { bootAt, boots, loopSince, returns, flappingSince } = restlessness;
    text += `,"restless":[${bootAt},[${boots.join()}],${loopSince},[${returns.join()}],${flappingSince}]`;
  }
  if (hasHealthMemory(record)) text += `,"health":${encodeHealth(record, escape)}`;
  if (formerClass !== null) {
    text += `,"was":[${escape(JSON.stringify(formerClass.productClass))},${formerClass.until}]`;
  }
  return `{${text.slice(1)}}`;
}

function encodeRepeats({ retryCount, startedAt, told, transfers }: RepeatMemory): string {
  const codes = `"${identitiesToText(told)}","${identitiesToText(transfers)}"`;
  return `"repeats":[${retryCount},${startedAt},${codes}]`;
}

/** What the times of a source are counted from. */
const originOf = ({ newestAt, lastSeenAt }: SourceRecord): number =>
  newestAt === -Infinity ? lastSeenAt : newestAt;

function encodeRhythm(
  { learntGapsMs, periodicAt, stepCandidate, silentSince }: SourceRecord,
  at: number,
): string {
  let text = '';
  if (learntGapsMs.length > 0) text += `,"gaps":[${learntGapsMs.join()}]`;
  if (periodicAt !== null) text += `,"periodic":${periodicAt - at}`;
  if (stepCandidate !== null) {
    const { skewMs, receivedAt, boot } = stepCandidate;
    text += `,"step":[${skewMs},${receivedAt - at},${boot}]`;
  }
  if (silentSince !== null) text += `,"silent":${silentSince - at}`;
  return text === '' ? '' : `,{${text.slice(1)}}`;
}

function encodeReport(
  report: Report,
  at: number,
  { values, reports }: ColumnValues,
  escape: (json: string) => string,
): string {
  let mask = 0;
  for (let column = 0; column < values.length; column += 1) {
    const value = values[column]!;
    const isOurs = reports === null ? value !== null : reports[column] === report;
    if (isOurs && survivesColumn(value)) mask |= 1 << column;
  }
  let attributes = '';
  for (const name in report.attributes) {
    if ((mask & (ATTRIBUTE_BITS.get(name) ?? 0)) !== 0) continue;
    const value = report.attributes[name as keyof Report['attributes']];
    attributes += `${attributes === '' ? '' : ','}"${name}":${escape(JSON.stringify(value))}`;
  }
  let metrics = '';
  for (const name in report.metrics) {
    if ((mask & (METRIC_BITS.get(name) ?? 0)) !== 0) continue;
    metrics += `${metrics === '' ? '' : ','}${escape(jsonName(name))}:${report.metrics[name]}`;
  }
  const deviceTime = report.deviceTime === null ? null : report.deviceTime - at;
  return (
    `[${report.orderAt - at},${deviceTime},${report.rankAt - at},${report.sequence},${mask},` +
    `{${attributes}},{${metrics}}]`
  );
}

/** The driver reads a number of 16 or 17 digits with an error in the last: such a value stands in the memory itself. */
const EXACT_LENGTH = 15;

function survivesColumn(value: string | number | null): boolean {
  return typeof value !== 'number' || `${value}`.length <= EXACT_LENGTH;
}

const NAMES_REMEMBERED = 1000;
const names = new Map<string, string>();

function jsonName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= NAMES_REMEMBERED) names.clear();
  const text = JSON.stringify(name);
  names.set(name, text);
  return text;
}
