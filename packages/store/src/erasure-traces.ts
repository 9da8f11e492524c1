import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { DeviceIdentity } from '@cpemon/domain';

/** Where a serial number is known. What waits in the log unapplied is not looked through. */
export interface ErasureTraces {
  devices: DeviceIdentity[];
  /** Elsewhere: in quarantine, among parked events and dead letters, in the inventory, or in a lane being rebuilt. */
  elsewhere: number;
}

/** @param forms every form of one serial number */
export async function findTraces(connection: Connection, forms: readonly string[]): Promise<ErasureTraces> {
  const [devices] = await connection.query<RowDataPacket[]>(
    'SELECT serial_number AS serialNumber, oui, product_class AS productClass FROM devices WHERE serial_number IN (?)',
    [forms],
  );
  // One look by key for each lane, in place of all that is parked.
  const [[elsewhere]] = await connection.query<RowDataPacket[]>(
    `
SELECT (SELECT COUNT(*) FROM quarantined_identities WHERE serial_number IN (?))
     + (SELECT COUNT(*) FROM rebuilt_device_ids WHERE serial_number IN (?))
     + (SELECT COUNT(*) FROM inventory_boxes WHERE serial_number IN (?))
     + (SELECT COUNT(*) FROM expected_devices WHERE serial_number IN (?))
     + (SELECT COUNT(*) FROM log_dead_letters WHERE grp = 'state' AND subject IN (?))
     + (SELECT COUNT(*) FROM log_lanes AS l JOIN log_parked AS p FORCE INDEX (by_home)
          ON p.grp = 'state' AND p.home_generation = l.generation AND p.home_lane = l.lane
         WHERE p.subject IN (?)) AS found`,
    Array.from({ length: 6 }, () => forms),
  );
  return { devices: devices as DeviceIdentity[], elsewhere: Number(elsewhere?.['found'] ?? 0) };
}
