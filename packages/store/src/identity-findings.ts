import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { FindingKind } from '@cpemon/domain';

/** A row of `identity_findings`; see sql/0009_identity.sql. */
export interface FindingRow {
  deviceId: number;
  kind: FindingKind;
  /** 0: no other device is concerned. */
  otherId: number;
  /** When it was first so, epoch ms. */
  at: number;
  data: object;
}

/** Which box is meant. */
export interface FindingDevice {
  serialNumber: string;
  oui: string;
  productClass: string;
  /** Epoch ms. */
  firstSeenAt: number;
  lastSeenAt: number;
}

/** A finding as people are shown it. */
export interface ShownFinding {
  kind: FindingKind;
  at: number;
  device: FindingDevice;
  other: FindingDevice | null;
  data: object;
  cursor: readonly [at: number, deviceId: number, kind: string, otherId: number];
}

const ROWS_A_STATEMENT = 1000;

/** Adds findings; one that is there already stays as it is. */
export async function addIdentityFindings(
  transaction: Connection,
  rows: readonly FindingRow[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += ROWS_A_STATEMENT) {
    const chunk = rows.slice(first, first + ROWS_A_STATEMENT);
    await transaction.query(
      `
INSERT INTO identity_findings (device_id, kind, other_id, at, data) VALUES ?
ON DUPLICATE KEY UPDATE device_id = VALUES(device_id)`,
      [
        chunk.map(({ deviceId, kind, otherId, at, data }) => [
          deviceId,
          kind,
          otherId,
          new Date(at),
          JSON.stringify(data),
        ]),
      ],
    );
  }
}

/** A proposed merge of two that turned out to be in conflict is none any more. */
const STANDS = `
(f.kind <> 'merge' OR NOT EXISTS (
  SELECT 1 FROM identity_findings AS c
   WHERE c.device_id = f.device_id AND c.kind = 'conflict' AND c.other_id = f.other_id
))`;

/**
 * Findings, newest first.
 * @param after the cursor of the last finding of the page before
 */
export async function listIdentityFindings(
  connection: Connection,
  filter: { kind?: FindingKind; serialNumber?: string },
  page: { limit: number; after?: readonly [number, number, string, number] },
): Promise<ShownFinding[]> {
  const conditions = [STANDS];
  const values: unknown[] = [];
  if (filter.kind !== undefined) {
    conditions.push('f.kind = ?');
    values.push(filter.kind);
  }
  if (filter.serialNumber !== undefined) {
    conditions.push('d.serial_number = ?');
    values.push(filter.serialNumber);
  }
  if (page.after !== undefined) {
    const [at, ...rest] = page.after;
    conditions.push('(f.at < ? OR (f.at = ? AND (f.device_id, f.kind, f.other_id) > (?, ?, ?)))');
    values.push(new Date(at), new Date(at), ...rest);
  }
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT f.device_id AS deviceId, f.kind, f.other_id AS otherId, f.at, f.data,
       d.serial_number AS serialNumber, d.oui, d.product_class AS productClass, d.first_seen_at AS firstSeenAt,
       s.last_seen_at AS lastSeenAt,
       o.serial_number AS otherSerialNumber, o.oui AS otherOui, o.product_class AS otherProductClass,
       o.first_seen_at AS otherFirstSeenAt, os.last_seen_at AS otherLastSeenAt
  FROM identity_findings AS f
  JOIN devices AS d ON d.device_id = f.device_id
  JOIN device_state AS s ON s.device_id = f.device_id
  LEFT JOIN devices AS o ON o.device_id = f.other_id
  LEFT JOIN device_state AS os ON os.device_id = f.other_id
 WHERE ${conditions.join(' AND ')}
 ORDER BY f.at DESC, f.device_id, f.kind, f.other_id
 LIMIT ?`,
    [...values, page.limit],
  );
  return rows.map((row) => ({
    kind: row['kind'] as FindingKind,
    at: (row['at'] as Date).getTime(),
    device: {
      serialNumber: row['serialNumber'] as string,
      oui: row['oui'] as string,
      productClass: row['productClass'] as string,
      firstSeenAt: (row['firstSeenAt'] as Date).getTime(),
      lastSeenAt: (row['lastSeenAt'] as Date).getTime(),
    },
    other:
      row['otherSerialNumber'] === null
        ? null
        : {
            serialNumber: row['otherSerialNumber'] as string,
            oui: row['otherOui'] as string,
            productClass: row['otherProductClass'] as string,
            firstSeenAt: (row['otherFirstSeenAt'] as Date).getTime(),
            lastSeenAt: (row['otherLastSeenAt'] as Date).getTime(),
          },
    data: JSON.parse(row['data'] as string) as object,
    cursor: [
      (row['at'] as Date).getTime(),
      row['deviceId'] as number,
      row['kind'] as string,
      row['otherId'] as number,
    ],
  }));
}

/** How many findings of each kind stand. */
export async function countIdentityFindings(
  connection: Connection,
): Promise<Partial<Record<FindingKind, number>>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT f.kind, COUNT(*) AS findings FROM identity_findings AS f WHERE ${STANDS} GROUP BY f.kind`,
  );
  return Object.fromEntries(rows.map((row) => [row['kind'] as FindingKind, Number(row['findings'])]));
}
