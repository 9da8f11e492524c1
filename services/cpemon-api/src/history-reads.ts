import {
  findHistoryDevice,
  findHistoryDevices,
  readHistory,
  type History,
  type HistoryWish,
} from '@cpemon/store';
import type { DatabaseReader } from './database-reader.js';

/** A device's history; or that no device, or more than one, is called so. */
export type HistoryAnswer =
  | { found: 'one'; deviceId: number; history: History }
  | { found: 'none' }
  | { found: 'several'; deviceIds: number[] };

/** What the history route asks of the database. @param id key of a device, or its serial number */
export type ReadHistoryOf = (id: string, wish: HistoryWish) => Promise<HistoryAnswer>;

const KEY = /^[1-9]\d{0,9}$/;

export function createHistoryReads(read: DatabaseReader): ReadHistoryOf {
  return (id, wish) =>
    read(async (connection) => {
      const byKey = KEY.test(id) ? await findHistoryDevice(connection, Number(id)) : null;
      const devices = byKey === null ? await findHistoryDevices(connection, id) : [byKey];
      const [device] = devices;
      if (device === undefined) return { found: 'none' };
      if (devices.length > 1) return { found: 'several', deviceIds: devices.map(({ deviceId }) => deviceId) };
      return {
        found: 'one',
        deviceId: device.deviceId,
        history: await readHistory(connection, device, wish),
      };
    });
}
