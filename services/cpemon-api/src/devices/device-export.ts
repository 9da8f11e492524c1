import type { Response } from 'express';
import type { IntakeMoment } from '@cpemon/domain';
import {
  labelsOfSets,
  readExported,
  readExportedOf,
  readIntakeMoment,
  type ExportedRow,
} from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import type { DeviceFilter } from '../directory/device-filter.js';
import type { DirectoryKeeper } from '../directory/directory-keeper.js';
import { getDirectory } from './device-list-reads.js';
import { createLineWriter, EXPORT_COLUMNS, labelsText, type ExportFormat } from './export-lines.js';
import { isEverything } from './list-query.js';

export interface DeviceExport {
  read: DatabaseReader;
  keeper: DirectoryKeeper;
  /** Null: no device can fit. */
  filter: DeviceFilter | null;
  format: ExportFormat;
  masked: boolean;
  response: Response;
}

/** Devices of one reading, 1 MB of lines. What waits at a time is this part and the next, whatever the size of the fleet. */
const DEVICES_A_READ = 2000;
/** Label sets that are remembered from one reading to the next. */
const SETS_REMEMBERED = 50_000;
const LABEL_SET = 19;

/** A part of the devices, and where to go on; null for the end. */
type Step = (after: number) => Promise<{ devices: ExportedRow[]; next: number | null }>;

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
  const labels = new Map<number, string>([[0, labelsText(format, {})]]);
  const labelsOf = (id: number): string => labels.get(id) ?? labels.get(0)!;
  const lineOf = createLineWriter({ format, intake, masked, labelsOf });
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
  if (format === 'csv') response.write(`${EXPORT_COLUMNS.join(',')}\r\n`);
  try {
    for (;;) {
      const { devices, next } = await reading;
      await rememberLabels(read, labels, { devices, format });
      // The next part is read while this one is written.
      if (next !== null) reading = step(next);
      let text = '';
      for (const device of devices) text += lineOf(device);
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
      const devices = await read((connection) => readExported(connection, { after, limit: DEVICES_A_READ }));
      return { devices, next: devices.length < DEVICES_A_READ ? null : devices.at(-1)![0] };
    };
  }
  const directory = await getDirectory(keeper);
  return async (after) => {
    const found = await directory.find({
      ...{ filter, sort: 'first_seen', after: { deviceId: after, since: 0 }, limit: DEVICES_A_READ },
      ...{ intake, personal: !masked },
    });
    const keys = found.map(({ deviceId }) => deviceId);
    const devices = await read((connection) => readExportedOf(connection, keys));
    return { devices, next: found.length < DEVICES_A_READ ? null : keys.at(-1)! };
  };
}

async function rememberLabels(
  read: DatabaseReader,
  labels: Map<number, string>,
  { devices, format }: { devices: readonly ExportedRow[]; format: ExportFormat },
): Promise<void> {
  const unknown = new Set<number>();
  for (const device of devices) {
    const id = device[LABEL_SET] ?? 0;
    if (!labels.has(id)) unknown.add(id);
  }
  if (unknown.size === 0) return;
  const none = labels.get(0)!;
  if (labels.size > SETS_REMEMBERED) {
    labels.clear();
    labels.set(0, none);
    for (const device of devices) unknown.add(device[LABEL_SET] ?? 0);
    unknown.delete(0);
  }
  const found = await read((connection) => labelsOfSets(connection, [...unknown]));
  for (const id of unknown) labels.set(id, labelsText(format, Object.fromEntries(found.get(id) ?? [])));
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
