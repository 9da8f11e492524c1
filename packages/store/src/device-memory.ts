import {
  identitiesFromText,
  identitiesToText,
  learntSeconds,
  type DeviceRecord,
  type Report,
  type SourceRecord,
} from '@cpemon/domain';
import { ATTRIBUTE_BITS, METRIC_BITS, VALUE_COLUMNS, type ColumnValues } from './value-columns.js';

/**
 * What the lane's owner remembers of a device beside the columns, as JSON:
 *
 *   {"v":1, "ids":"recent identities", "sources":[{"source":"/heartbeat", "at":newestAt, "received":received, "seen":seen,
 *    "declared":[seconds, order], "gaps":[ms, …], "periodic":time, "step":[skewMs, received, boot],
 *    "reports":[[order, deviceTime, rank, sequence, mask, {attributes}, {metrics}], …]}, …]}
 *
 * `at` is epoch ms and every other time is in ms from there, because bytes are what this row costs. What is not known
 * is left out or null. A bit of `mask` says that the value of that column (value-columns.ts) is this report's, so that
 * it need not be written twice. Spaces at the end keep the length from changing at every report: InnoDB updates a
 * column of the same length in place, which takes a quarter less time.
 * @param escape what to do to strings that came from outside, for a place where JSON alone is not safe
 */
export function encodeMemory(
  record: DeviceRecord,
  columns: ColumnValues,
  escape: (json: string) => string = (json) => json,
): string {
  let text = `{"v":1,"ids":"${identitiesToText(record.recentIdentities)}","sources":[`;
  for (let at = 0; at < record.sources.length; at += 1) {
    if (at > 0) text += ',';
    text += encodeSource(record.sources[at]!, columns, escape);
  }
  return `${text}]}${PADDING[-(text.length + 2) & (LENGTH_STEP - 1)]!}`;
}

const LENGTH_STEP = 64;
const PADDING = Array.from({ length: LENGTH_STEP }, (_, length) => ' '.repeat(length));

function encodeSource(source: SourceRecord, columns: ColumnValues, escape: (json: string) => string): string {
  const at = source.newestAt;
  let text =
    `{"source":${escape(JSON.stringify(source.source))},"at":${at},` +
    `"received":${source.newestReceivedAt - at},"seen":${source.lastSeenAt - at}`;
  if (source.declaredSeconds !== null)
    text += `,"declared":[${source.declaredSeconds},${source.declaredAt - at}]`;
  if (source.learntGapsMs.length > 0) text += `,"gaps":[${source.learntGapsMs.join()}]`;
  if (source.periodicAt !== null) text += `,"periodic":${source.periodicAt - at}`;
  if (source.stepCandidate !== null) {
    const { skewMs, receivedAt, boot } = source.stepCandidate;
    text += `,"step":[${skewMs},${receivedAt - at},${boot}]`;
  }
  text += ',"reports":[';
  for (let n = 0; n < source.reports.length; n += 1) {
    if (n > 0) text += ',';
    text += encodeReport(source.reports[n]!, at, columns, escape);
  }
  return text + ']}';
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

interface MemoryJson {
  v: number;
  ids: string;
  sources: {
    source: string;
    at: number;
    received: number;
    seen: number;
    declared?: [number, number];
    gaps?: number[];
    periodic?: number;
    step?: [number, number, boolean];
    reports: [number, number | null, number, number, number, Report['attributes'], Report['metrics']][];
  }[];
}

/** A memory that this version cannot read. */
export class UnknownMemoryError extends Error {
  override readonly name = 'UnknownMemoryError';
}

/**
 * @param columns the columns' values in the order of VALUE_COLUMNS
 * @throws UnknownMemoryError when a newer version wrote it
 */
export function decodeMemory(
  text: string,
  columns: readonly unknown[],
): Pick<DeviceRecord, 'recentIdentities' | 'sources'> {
  const memory = JSON.parse(text) as MemoryJson;
  if (memory.v !== 1) throw new UnknownMemoryError(`device memory of version ${memory.v} is not known`);
  return {
    recentIdentities: identitiesFromText(memory.ids),
    sources: memory.sources.map((source) => decodeSource(source, columns)),
  };
}

function decodeSource(source: MemoryJson['sources'][number], columns: readonly unknown[]): SourceRecord {
  const { at, declared, step, gaps = [] } = source;
  return {
    source: source.source,
    newestAt: at,
    newestReceivedAt: at + source.received,
    lastSeenAt: at + source.seen,
    declaredSeconds: declared === undefined ? null : declared[0],
    declaredAt: declared === undefined ? -Infinity : at + declared[1],
    learntGapsMs: gaps,
    learntSeconds: learntSeconds(gaps),
    periodicAt: source.periodic === undefined ? null : at + source.periodic,
    stepCandidate: step === undefined ? null : { skewMs: step[0], receivedAt: at + step[1], boot: step[2] },
    reports: source.reports.map(([order, deviceTime, rank, sequence, mask, attributes, metrics]): Report => {
      const own = {
        attributes: attributes as Record<string, unknown>,
        metrics: metrics as Record<string, unknown>,
      };
      for (let column = 0; mask >> column !== 0; column += 1) {
        const known = VALUE_COLUMNS[column];
        if ((mask & (1 << column)) !== 0 && known !== undefined)
          own[known.kind][known.name] = columns[column];
      }
      return {
        orderAt: at + order,
        deviceTime: deviceTime === null ? null : at + deviceTime,
        rankAt: at + rank,
        sequence,
        attributes,
        metrics,
      };
    }),
  };
}
