import type { DeviceListSort } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import { shownReachability, statusOf, type IntakeMoment } from '@cpemon/domain';
import {
  labelsOfSets,
  pageDevices,
  readDevicesById,
  readIntakeMoment,
  type ListedDevice,
} from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import type { DeviceFilter } from '../directory/device-filter.js';
import type { DeviceDirectory } from '../directory/device-directory.js';
import type { DirectoryKeeper } from '../directory/directory-keeper.js';
import { RequestProblem } from '../routes/request-problem.js';
import { findInOrder, type ListEnd } from './device-order.js';
import { isEverything } from './list-query.js';

export interface DeviceQuestion {
  filter: DeviceFilter;
  sort: DeviceListSort;
  after: ListEnd | null;
  limit: number;
  /** Whether data of persons may be searched. */
  personal: boolean;
}

/** A device as it is in the tables, with its labels. */
export interface LabelledDevice {
  device: ListedDevice;
  labels: Record<string, string>;
}

export interface DeviceListPage {
  devices: LabelledDevice[];
  intake: IntakeMoment;
  /** Where the page ends; null when there is no more. */
  end: ListEnd | null;
}

/** Rounds of asking the directory and reading the tables, when what was found there fits no longer. */
const MOST_ROUNDS = 8;

/** A page of devices: who they are from the directory, all that is shown of them from the tables. */
export async function readDevicePage(
  read: DatabaseReader,
  keeper: DirectoryKeeper,
  question: DeviceQuestion,
): Promise<DeviceListPage> {
  const { filter, sort, after, limit, personal } = question;
  if (isEverything(filter) && (sort === 'first_seen' || sort === '-first_seen')) {
    return read(async (connection) => {
      const intake = await readIntakeMoment(connection);
      const page = { after: after?.deviceId, limit: limit + 1, newestFirst: sort === '-first_seen' };
      const found = await pageDevices(connection, page);
      const devices = await withLabels(connection, found.slice(0, limit));
      return { devices, intake, end: found.length > limit ? endOf(devices) : null };
    });
  }
  const needsNone = isEverything(filter) && sort.endsWith('serial_number');
  const directory = needsNone ? null : await getDirectory(keeper);
  const intake = await read(readIntakeMoment);
  const find = findInOrder(read, directory, { filter, intake, personal }, sort);
  const devices: LabelledDevice[] = [];
  let end = after;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const wanted = limit - devices.length;
    const found = await find(end, wanted + 1);
    const shown = found.slice(0, wanted);
    devices.push(...(await readFitting(read, shown, filter, intake)));
    end = shown.at(-1) ?? end;
    if (found.length <= wanted) return { devices, intake, end: null };
    if (devices.length >= limit) break;
  }
  return { devices, intake, end };
}

/** @throws RequestProblem `directory_loading` */
export async function getDirectory(keeper: DirectoryKeeper): Promise<DeviceDirectory> {
  const directory = await keeper.use();
  if (directory !== null) return directory;
  const detail = 'The names of all devices are being read. Devices can be listed without filters meanwhile.';
  throw new RequestProblem(503, 'directory_loading', detail, { retryAfterSeconds: 2 });
}

/** Devices that were found, as far as they still are what was asked for. */
function readFitting(
  read: DatabaseReader,
  found: readonly ListEnd[],
  filter: DeviceFilter,
  intake: IntakeMoment,
): Promise<LabelledDevice[]> {
  if (found.length === 0) return Promise.resolve([]);
  return read(async (connection) => {
    const rows = await readDevicesById(
      connection,
      found.map(({ deviceId }) => deviceId),
    );
    const devices = await withLabels(connection, rows);
    return devices.filter((each) => fitsStill(each, filter, intake));
  });
}

export async function withLabels(
  connection: Connection,
  devices: readonly ListedDevice[],
): Promise<LabelledDevice[]> {
  const sets = new Set(devices.map(({ labelSetId }) => labelSetId));
  sets.delete(0);
  const labels = await labelsOfSets(connection, [...sets]);
  return devices.map((device) => ({
    device,
    labels: Object.fromEntries(labels.get(device.labelSetId) ?? []),
  }));
}

function fitsStill({ device, labels }: LabelledDevice, filter: DeviceFilter, intake: IntakeMoment): boolean {
  const { reachability } = shownReachability(device, device.source, intake);
  return (
    (filter.statuses?.includes(statusOf(reachability, device.health)) ?? true) &&
    (filter.reachabilities?.includes(reachability) ?? true) &&
    (filter.healths?.includes(device.health) ?? true) &&
    (filter.adminStates?.includes(device.adminState) ?? true) &&
    (filter.model === undefined || filter.model === device.model) &&
    (filter.firmware === undefined || filter.firmware === device.swVersion) &&
    Object.entries(filter.labels).every(([name, value]) => labels[name] === value)
  );
}

const endOf = (devices: readonly LabelledDevice[]): ListEnd | null => {
  const device = devices.at(-1)?.device;
  return device === undefined ? null : { deviceId: device.deviceId, value: device.since };
};
