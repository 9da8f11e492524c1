import { laneOf } from '@cpemon/domain';
import type { MoveHome } from '@cpemon/event-log';
import {
  countDevicesByLane,
  forgetHealthCounts,
  forgetLabelCounts,
  placeDevices,
  readLastDeviceId,
  readStrayDevices,
  recountHealth,
  recountLabels,
  replaceFleetCounts,
  type FleetCountDelta,
} from '@cpemon/store';

export interface MoveHomeOptions {
  /** Devices moved in one transaction: some 100 ms of work. */
  devicesAStep?: number;
  /** Keys looked through in one statement that counts. */
  keysACount?: number;
  /** Called after each step with the devices moved so far. */
  onProgress?: (devices: number) => void;
}

/**
 * Gives every device to its lane in a new generation and counts the fleet by those lanes. A device that is there
 * already is passed over, so it goes on where it was stopped.
 */
export function createMoveHome(options: MoveHomeOptions = {}): MoveHome {
  const { devicesAStep = 4000, keysACount = 20_000, onProgress } = options;
  return async ({ generation, lanes }, { read, transact }) => {
    let after = 0;
    for (let moved = 0; ;) {
      const devices = await read((connection) =>
        readStrayDevices(connection, generation, after, devicesAStep),
      );
      if (devices.length === 0) break;
      const byLane = new Map<number, number[]>();
      for (const { deviceId, serialNumber } of devices) {
        const lane = laneOf(serialNumber, lanes);
        const ofLane = byLane.get(lane);
        if (ofLane === undefined) byLane.set(lane, [deviceId]);
        else ofLane.push(deviceId);
      }
      await transact(async (transaction) => {
        for (const [lane, deviceIds] of byLane) {
          await placeDevices(transaction, { generation, lane }, deviceIds);
        }
      });
      after = devices.at(-1)?.deviceId ?? after;
      moved += devices.length;
      onProgress?.(moved);
    }

    // Nobody writes devices meanwhile: no lane has an owner who could commit.
    const counts = new Map<string, FleetCountDelta>();
    const last = await read(readLastDeviceId);
    for (let from = 0; from < last; from += keysACount) {
      for (const part of await read((connection) =>
        countDevicesByLane(connection, from, from + keysACount),
      )) {
        const key = `${part.lane}/${part.reachability}`;
        const known = counts.get(key);
        if (known === undefined) counts.set(key, part);
        else known.devices += part.devices;
      }
    }
    await transact((transaction) => replaceFleetCounts(transaction, [...counts.values()]));
    await transact((transaction) => forgetLabelCounts(transaction, lanes));
    await transact((transaction) => forgetHealthCounts(transaction, lanes));
    for (let lane = 0; lane < lanes; lane += 1) {
      await transact(async (transaction) => {
        await recountLabels(transaction, lane);
        await recountHealth(transaction, lane);
      });
    }
  };
}
