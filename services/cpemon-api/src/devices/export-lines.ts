import {
  pathsUnheard,
  shownAdminState,
  shownReachability,
  statusOf,
  type IntakeMoment,
  type ShownReachability,
} from '@cpemon/domain';
import type { ExportedRow } from '@cpemon/store';
import { maskAddress } from '../access/personal-data.js';
import { rfc3339 } from '../rfc3339.js';

export const EXPORT_FORMATS = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What a line tells, in its order: the members of a device in a list. */
export const EXPORT_COLUMNS = [
  ...(['id', 'serial_number', 'oui', 'product_class', 'manufacturer', 'model', 'sw_version'] as const),
  ...(['wan_ip', 'interval_seconds', 'first_seen', 'last_seen', 'status', 'reachability'] as const),
  ...(['reason', 'since', 'health', 'health_reason', 'health_since', 'admin_state', 'labels'] as const),
];

export interface LineOptions {
  format: ExportFormat;
  intake: IntakeMoment;
  /** Whether addresses are shown in part. */
  masked: boolean;
  /** Labels of a set as `labelsText` has them. */
  labelsOf: (labelSetId: number) => string;
}

/**
 * Writes a device as a line. A million of them are written at a time, so this makes no object of a device: what it says
 * is what `deviceItem` says, which a test compares.
 */
export function createLineWriter({
  format,
  intake,
  masked,
  labelsOf,
}: LineOptions): (row: ExportedRow) => string {
  const isAllHeard = pathsUnheard(intake).length === 0 && (intake.silences ?? []).length === 0;
  const line = format === 'csv' ? csvLine : jsonLine;
  return (row) => {
    const [id, serialNumber, oui, productClass, manufacturer, model, swVersion, wanIp, interval, ...rest] =
      row;
    const [firstSeenAt, lastSeenAt, source, stored, reason, since, health, healthReason, ...others] = rest;
    const [healthSince, adminState, labelSetId] = others;
    let shown: Omit<ShownReachability, 'since'> & { since: string } = {
      ...{ reachability: stored, reason, since: timeText(since) },
    };
    if (!isAllHeard) {
      const heard = {
        reachability: stored,
        reason,
        since: epochMs(since),
        lastSeenAt: epochMs(lastSeenAt),
        model,
      };
      const now = shownReachability(heard, source, intake);
      shown = { ...now, since: rfc3339(now.since) };
    }
    const { reachability } = shown;
    return line(
      [
        ...[id, serialNumber, emptyIsNull(oui), emptyIsNull(productClass), manufacturer, model, swVersion],
        ...[wanIp === null || !masked ? wanIp : maskAddress(wanIp), interval],
        ...[timeText(firstSeenAt), timeText(lastSeenAt), statusOf(reachability, health), reachability],
        ...[shown.reason, shown.since, health, emptyIsNull(healthReason)],
        healthSince === null ? null : timeText(healthSince),
        // How long it has been offline is worked out of those that are.
        stored === 'offline'
          ? shownAdminState(
              adminState ?? 'in_service',
              { reachability: stored, since: epochMs(since) },
              intake.at,
            )
          : (adminState ?? 'in_service'),
      ],
      labelsOf(labelSetId ?? 0),
    );
  };
}

/** Labels as they stand in a line: JSON, and where there are none in CSV nothing. */
export function labelsText(format: ExportFormat, labels: Readonly<Record<string, string>>): string {
  if (format === 'ndjson') return JSON.stringify(labels);
  return Object.keys(labels).length === 0 ? '' : csvText(JSON.stringify(labels));
}

type Value = string | number | null;

const emptyIsNull = (text: string): string | null => (text === '' ? null : text);
/** `2026-11-21 12:00:00.000` as RFC 3339. */
const timeText = (text: string): string => `${text.slice(0, 10)}T${text.slice(11)}Z`;
const epochMs = (text: string): number => Date.parse(timeText(text));

const JSON_NAMES = EXPORT_COLUMNS.map((name, at) => `${at === 0 ? '{' : ','}"${name}":`);
const PLAIN_JSON = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function jsonLine(values: readonly Value[], labels: string): string {
  let line = '';
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!;
    line += JSON_NAMES[at]!;
    if (typeof value === 'string') line += PLAIN_JSON.test(value) ? `"${value}"` : JSON.stringify(value);
    else line += value === null ? 'null' : String(value);
  }
  return `${line}${JSON_NAMES[values.length]!}${labels}}\n`;
}

function csvLine(values: readonly Value[], labels: string): string {
  let line = '';
  for (const value of values) {
    if (typeof value === 'string') line += csvText(value);
    else if (value !== null) line += String(value);
    line += ',';
  }
  return `${line}${labels}\r\n`;
}

const PLAIN_CSV = /^[A-Za-z0-9][A-Za-z0-9 ._:/-]*$/;

/** What a spreadsheet would take for a formula is text. */
function csvText(text: string): string {
  if (text === '' || PLAIN_CSV.test(text)) return text;
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
