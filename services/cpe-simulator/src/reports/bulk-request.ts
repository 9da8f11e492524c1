import { gzipSync } from 'node:zlib';
import type { Fleet } from '../fleet.js';
import type { HttpRequest } from '../http-target.js';
import type { ModelParameter } from '../models/model-file.js';
import type { Way } from '../report-ways.js';
import { unitOf } from '../seeded-random.js';
import { parameterValues, type ParameterValue } from './parameter-values.js';
import type { Report } from './report.js';

/** The profiles of a device's bulk data: which parameters, and every how many intervals. */
export const BULK_PROFILES = [
  { name: 'health', every: 1, takes: (path: string) => !TRAFFIC.test(path) },
  { name: 'traffic', every: 3, takes: (path: string) => TRAFFIC.test(path) },
] as const;
const TRAFFIC = /Bytes|Associat|Hosts/;

const STREAM = { isoTime: 90, gzip: 91 };
const GZIP_SHARE = 0.3;
const ISO_TIME_SHARE = 0.5;

interface Element {
  /** RFC 3339 or seconds since 1970, as the device is configured. */
  time: string | number;
  values: ParameterValue[];
}

/** One report of HTTP bulk data with the retained ones before it. TR-069 Amendment 6, Annex N. */
export function bulkRequest(
  fleet: Fleet,
  way: Way,
  reports: readonly Report[],
  profileIndex: number,
): Omit<HttpRequest, 'headers'> & { headers: Record<string, string> } {
  const device = reports[0]!.device;
  const model = fleet.modelOf(device);
  const profile = BULK_PROFILES[profileIndex]!;
  const own = (stream: number): number => unitOf(fleet.seed, device, stream);
  const chosen = chosenParameters(model.parameters, profile);
  const elements = reports.map(({ dueMs }) => ({
    time:
      own(STREAM.isoTime) < ISO_TIME_SHARE
        ? `${new Date(dueMs).toISOString().slice(0, 19)}Z`
        : Math.floor(dueMs / 1000),
    values: parameterValues(fleet, device, dueMs, chosen),
  }));
  const { format, contentType, write } = FORMATS[way] ?? FORMATS['bulk-tree']!;
  const text = write(elements);
  const zipped = own(STREAM.gzip) < GZIP_SHARE;
  const query = new URLSearchParams({
    oui: model.oui,
    pc: fleet.productClassOf(device),
    sn: fleet.serialNumberOf(device),
    profile: profile.name,
  });
  return {
    path: `/v1/bulkdata?${query.toString().replaceAll('+', '%20')}`,
    body: zipped ? gzipSync(text) : text,
    headers: {
      'content-type': contentType,
      'bbf-report-format': format,
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    },
  };
}

function chosenParameters(
  parameters: readonly ModelParameter[],
  profile: (typeof BULK_PROFILES)[number],
): readonly ModelParameter[] {
  let byProfile = CHOSEN.get(parameters);
  if (byProfile === undefined) CHOSEN.set(parameters, (byProfile = {}));
  return (byProfile[profile.name] ??= parameters.filter(({ path }) => profile.takes(path)));
}

const CHOSEN = new WeakMap<readonly ModelParameter[], Record<string, readonly ModelParameter[]>>();

const JSON_TYPE = 'application/json; charset=UTF-8';
const CSV_TYPE = 'text/csv; charset=UTF-8; header=present';

interface Format {
  format: string;
  contentType: string;
  write: (elements: readonly Element[]) => string;
}

const FORMATS: Partial<Record<Way, Format>> = {
  'bulk-tree': { format: 'ObjectHierarchy', contentType: JSON_TYPE, write: writeTree },
  'bulk-pairs': { format: '"NameValuePair"', contentType: JSON_TYPE, write: writePairs },
  'bulk-rows': { format: 'ParameterPerRow', contentType: CSV_TYPE, write: writeRows },
  'bulk-columns': { format: 'ParameterPerColumn', contentType: CSV_TYPE, write: writeColumns },
};

function writeTree(elements: readonly Element[]): string {
  const report = elements.map(({ time, values }) => {
    const root: Record<string, unknown> = { CollectionTime: time };
    for (const value of values) {
      const steps = value.path.split('.');
      let node = root;
      for (const step of steps.slice(0, -1)) node = (node[step] ??= {}) as Record<string, unknown>;
      node[steps.at(-1)!] = jsonValue(value);
    }
    return root;
  });
  return JSON.stringify({ Report: report });
}

function writePairs(elements: readonly Element[]): string {
  const report = elements.map(({ time, values }) => ({
    CollectionTime: time,
    ...Object.fromEntries(values.map((value) => [value.path, jsonValue(value)])),
  }));
  return JSON.stringify({ Report: report });
}

function writeRows(elements: readonly Element[]): string {
  const rows = elements.flatMap(({ time, values }) =>
    values.map(({ path, value, type }) => [String(time), path, value, type].map(quoted).join(',')),
  );
  return ['ReportTimestamp,ParameterName,ParameterValue,ParameterType', ...rows, ''].join('\r\n');
}

function writeColumns(elements: readonly Element[]): string {
  const names = elements[0]?.values.map(({ path }) => path) ?? [];
  const rows = elements.map(({ time, values }) =>
    [String(time), ...values.map(({ value }) => value)].map(quoted).join(','),
  );
  return [['ReportTimestamp', ...names].map(quoted).join(','), ...rows, ''].join('\r\n');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function jsonValue({ value, type }: ParameterValue): string | number | boolean {
  if (type === 'boolean') return value === 'true' || value === '1';
  return /int|long/i.test(type) && value !== '' ? Number(value) : value;
}
