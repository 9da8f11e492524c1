import type { RowDataPacket } from 'mysql2';
import type { Comparison, Violation } from './comparison.js';

/** Every device of the load is one box with a serial number of its own, and everybody is admitted. */
export const identities: Comparison = {
  table: 'identity_findings',
  async compare({ connection }) {
    const violations: Violation[] = [];
    for (const [table, serialNumber] of [
      ['identity_findings', '(SELECT serial_number FROM devices AS d WHERE d.device_id = t.device_id)'],
      ['quarantined_identities', 'serial_number'],
    ] as const) {
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT ${serialNumber} AS serial_number FROM ${table} AS t LIMIT 20`,
      );
      for (const row of rows) {
        const event = row['serial_number'] as string;
        violations.push({ kind: 'phantom', table, event, detail: 'nothing is doubtful about its identity' });
      }
    }
    return violations;
  },
};
