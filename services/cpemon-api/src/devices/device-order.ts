import type { DeviceListSort } from '@cpemon/contracts';
import { readLastSeen, readSerialNumbers, walkSerialNumbers, type NamedDevice } from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import type { DeviceDirectory, DirectoryChoice } from '../directory/device-directory.js';
import { RequestProblem } from '../routes/request-problem.js';

/** Where a page of a list ends: the key of its last device, and what the list is ordered by, of that device. */
export interface ListEnd {
  deviceId: number;
  /** Epoch ms, or a serial number. */
  value: number | string;
}

/** Devices that fit, in the order of a list: those that come after one, at most `limit`. */
export type FindInOrder = (after: ListEnd | null, limit: number) => Promise<ListEnd[]>;

/** So many are read and put in order for one answer; of more it is only known who is next by name. */
export const MOST_SORTED = 20_000;
/** Serial numbers that are read at once while looking for the next that fit; ten times as many from the second time on. */
const FIRST_WALK = 2000;
const FURTHER_WALKS = 20_000;

/** @param directory not needed for a list of everything by serial number */
export function findInOrder(
  read: DatabaseReader,
  directory: DeviceDirectory | null,
  choice: DirectoryChoice,
  sort: DeviceListSort,
): FindInOrder {
  const backwards = sort.startsWith('-');
  if (sort === 'serial_number' || sort === '-serial_number')
    return bySerialNumber(read, directory, choice, backwards);
  if (directory === null) throw new Error(`A list by ${sort} needs the directory`);
  if (sort === 'last_seen' || sort === '-last_seen') return byLastSeen(read, directory, choice, backwards);
  return async (after, limit) => {
    const end = after === null ? null : { deviceId: after.deviceId, since: Number(after.value) };
    const found = await directory.find({ ...choice, sort, after: end, limit });
    return found.map(({ deviceId, since }) => ({ deviceId, value: since }));
  };
}

function byLastSeen(
  read: DatabaseReader,
  directory: DeviceDirectory,
  choice: DirectoryChoice,
  backwards: boolean,
): FindInOrder {
  return async (after, limit) => {
    const keys = await fewKeys(directory, choice);
    if (keys === null) {
      const detail = `By last report at most ${MOST_SORTED} devices are put in order: ask for fewer of them.`;
      throw new RequestProblem(400, 'too_many_to_sort', detail);
    }
    const found = await read((connection) => readLastSeen(connection, keys));
    const ends = found.map(({ deviceId, lastSeenAt }) => ({ deviceId, value: lastSeenAt }));
    return inOrder(ends, after, backwards).slice(0, limit);
  };
}

/**
 * Few devices are read and sorted. Of many some are soon met on a walk through all serial numbers in their order: a
 * sorted million would cost seconds, each time.
 */
function bySerialNumber(
  read: DatabaseReader,
  directory: DeviceDirectory | null,
  choice: DirectoryChoice,
  backwards: boolean,
): FindInOrder {
  return async (after, limit) => {
    const keys = directory === null ? null : await fewKeys(directory, choice);
    if (keys !== null) {
      const found = await read((connection) => readSerialNumbers(connection, keys));
      return inOrder(found.map(toEnd), after, backwards).slice(0, limit);
    }
    const found: ListEnd[] = [];
    let last: NamedDevice | null =
      after === null ? null : { deviceId: after.deviceId, serialNumber: String(after.value) };
    for (let most = directory === null ? limit : FIRST_WALK; found.length < limit; most = FURTHER_WALKS) {
      const from = { after: last, limit: most, backwards };
      const next = await read((connection) => walkSerialNumbers(connection, from));
      const fitting =
        directory?.among(
          choice,
          next.map(({ deviceId }) => deviceId),
        ) ?? next.map(({ deviceId }) => deviceId);
      const those = new Set(fitting);
      found.push(...next.filter(({ deviceId }) => those.has(deviceId)).map(toEnd));
      last = next.at(-1) ?? last;
      if (next.length < most) break;
    }
    return found.slice(0, limit);
  };
}

const toEnd = ({ deviceId, serialNumber }: NamedDevice): ListEnd => ({ deviceId, value: serialNumber });

/** Keys of the devices that fit; null when they are more than are put in order. */
async function fewKeys(directory: DeviceDirectory, choice: DirectoryChoice): Promise<number[] | null> {
  const found = await directory.find({ ...choice, sort: 'first_seen', after: null, limit: MOST_SORTED + 1 });
  return found.length > MOST_SORTED ? null : found.map(({ deviceId }) => deviceId);
}

function inOrder(ends: ListEnd[], after: ListEnd | null, backwards: boolean): ListEnd[] {
  const direction = backwards ? -1 : 1;
  const compare = (one: ListEnd, other: ListEnd): number =>
    (one.value === other.value ? one.deviceId - other.deviceId : one.value < other.value ? -1 : 1) *
    direction;
  return ends.filter((end) => after === null || compare(end, after) > 0).sort(compare);
}
