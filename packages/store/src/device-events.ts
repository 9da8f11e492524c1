import type { Connection } from '@cpemon/database';

/** What happened to a device, when it happened. */
export interface DeviceEventRow {
  deviceId: number;
  /** Epoch ms. */
  at: number;
  kind: string;
  /** Tells two events of one kind and device in the same millisecond apart. */
  identity: string;
  data: object;
}

const ROWS_A_STATEMENT = 2000;

/** Adds rows to the timeline; one that is there already stays as it is, and any other error is an error. */
export async function addDeviceEvents(
  transaction: Connection,
  rows: readonly DeviceEventRow[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    await transaction.query(
      `
INSERT INTO device_events (device_id, at, kind, identity, data) VALUES ?
ON DUPLICATE KEY UPDATE device_id = VALUES(device_id)`,
      [
        rows
          .slice(first, first + ROWS_A_STATEMENT)
          .map(({ deviceId, at, kind, identity, data }) => [
            deviceId,
            new Date(at),
            kind,
            identity,
            JSON.stringify(data),
          ]),
      ],
    );
  }
}
