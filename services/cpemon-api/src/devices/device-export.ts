import type { Response } from 'express';
import type { IntakeMoment } from '@cpemon/domain';
import {
  labelsOfSets,
  pageDevices,
  readDevicesById,
  readIntakeMoment,
  type ListedDevice,
} from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import type { DeviceFilter } from '../directory/device-filter.js';
import type { DirectoryKeeper } from '../directory/directory-keeper.js';
import { getDirectory } from './device-list-reads.js';
import { deviceItem } from './device-views.js';
import { isEverything } from './list-query.js';

export interface DeviceExport {
  read: DatabaseReader;
  keeper: DirectoryKeeper;
  /** Null: no device can fit. */
  filter: DeviceFilter | null;
  format: 'ndjson' | 'csv';
  masked: boolean;
  response: Response;
}

/** Devices of one reading. Some MB at a time, whatever the size of the fleet. */
const DEVICES_A_READ = 5000;
/** Label sets that are remembered from one reading to the next. */
const SETS_REMEMBERED = 50_000;

/** A part of the devices, and where to go on; null for the end. */
type Step = (after: number) => Promise<{ devices: ListedDevice[]; next: number | null }>;

/**
 * Writes all devices that fit, in the order in which they were first seen. A device that comes or changes meanwhile is in
 * it or not; none is in it twice. An export that fails is broken off, so that nobody takes it for whole.
 */
export async function exportDevices({
  read,
  keeper,
  filter,
  format,
  masked,
  response,
}: DeviceExport): Promise<void> {
  const intake = await read(readIntakeMoment);
  const step = filter === null ? NOTHING : await stepOf(filter, { read, keeper, masked, intake });
  const lineOf = format === 'csv' ? csvLine : jsonLine;
  const labels = new Map<number, Record<string, string>>([[0, {}]]);
  // The first part before the answer begins: what fails in it is a problem, not a broken file.
  let reading = step(0);
  await reading;
  response.setHeader(
    'Content-Type',
    format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson',
  );
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Disposition', `attachment; filename="devices.${format}"`);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (format === 'csv') response.write(`${CSV_COLUMNS.join(',')}\r\n`);
  try {
    for (;;) {
      const { devices, next } = await reading;
      await rememberLabels(read, labels, devices);
      // The next part is read while this one is written.
      if (next !== null) reading = step(next);
      let text = '';
      for (const device of devices)
        text += lineOf(deviceItem({ device, labels: labels.get(device.labelSetId) ?? {} }, intake, masked));
      if (!response.write(text)) await drained(response);
      if (next === null || response.destroyed) break;
    }
    response.end();
  } catch {
    response.destroy();
  }
  reading.catch(() => undefined);
}

const NOTHING: Step = () => Promise.resolve({ devices: [], next: null });

async function stepOf(
  filter: DeviceFilter,
  {
    read,
    keeper,
    masked,
    intake,
  }: Pick<DeviceExport, 'read' | 'keeper' | 'masked'> & { intake: IntakeMoment },
): Promise<Step> {
  if (isEverything(filter)) {
    return async (after) => {
      const page = { after, limit: DEVICES_A_READ, newestFirst: false };
      const devices = await read((connection) => pageDevices(connection, page));
      return { devices, next: devices.length < DEVICES_A_READ ? null : devices.at(-1)!.deviceId };
    };
  }
  const directory = await getDirectory(keeper);
  return async (after) => {
    const found = await directory.find({
      ...{ filter, sort: 'first_seen', after: { deviceId: after, since: 0 }, limit: DEVICES_A_READ },
      ...{ intake, personal: !masked },
    });
    const keys = found.map(({ deviceId }) => deviceId);
    const devices = await read((connection) => readDevicesById(connection, keys));
    return { devices, next: found.length < DEVICES_A_READ ? null : keys.at(-1)! };
  };
}

async function rememberLabels(
  read: DatabaseReader,
  labels: Map<number, Record<string, string>>,
  devices: readonly ListedDevice[],
): Promise<void> {
  const unknown = new Set(devices.map(({ labelSetId }) => labelSetId).filter((id) => !labels.has(id)));
  if (unknown.size === 0) return;
  if (labels.size > SETS_REMEMBERED) for (const id of labels.keys()) if (id !== 0) labels.delete(id);
  const found = await read((connection) => labelsOfSets(connection, [...unknown]));
  for (const id of unknown) labels.set(id, Object.fromEntries(found.get(id) ?? []));
}

type Item = ReturnType<typeof deviceItem>;

const CSV_COLUMNS = [
  ...(['id', 'serial_number', 'oui', 'product_class', 'manufacturer', 'model', 'sw_version'] as const),
  ...(['wan_ip', 'interval_seconds', 'first_seen', 'last_seen', 'status', 'reachability'] as const),
  ...(['reason', 'since', 'health', 'health_reason', 'health_since', 'admin_state', 'labels'] as const),
];

const jsonLine = (item: Item): string => `${JSON.stringify(item)}\n`;

function csvLine(item: Item): string {
  let line = '';
  for (const column of CSV_COLUMNS) {
    const value = item[column];
    if (line !== '' || column !== 'id') line += ',';
    if (value === null) continue;
    if (typeof value === 'number') line += String(value);
    else line += csvText(typeof value === 'string' ? value : labelsText(value));
  }
  return `${line}\r\n`;
}

const labelsText = (labels: Record<string, string>): string => {
  const names = Object.keys(labels);
  return names.length === 0 ? '' : JSON.stringify(labels);
};

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9 ._:/-]*$/;

/** What a spreadsheet would take for a formula is text. */
function csvText(text: string): string {
  if (text === '' || PLAIN.test(text)) return text;
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

const drained = (response: Response): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    if (response.destroyed) return resolve();
    response.on('drain', done).on('close', done);
  });
