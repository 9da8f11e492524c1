import { listAlerts, type ShownAlert } from '@cpemon/store';
import type { RowDataPacket } from 'mysql2/promise';
import type { Operation } from './operation.js';

/** A message that a receiver gets. */
export interface Message {
  kind: string;
  /** When it was written, epoch ms. */
  madeAt: number;
  data: Record<string, unknown>;
}

/** A row of the timeline of a device. */
export interface Happening {
  serialNumber: string;
  /** Epoch ms. */
  at: number;
  kind: string;
  data: Record<string, unknown>;
}

/** What CPEmon says, as its API and its receivers have it. */
export interface Findings {
  alerts: ShownAlert[];
  messages: Message[];
  /** Devices by reachability, as kept. */
  reachability: Record<string, number>;
  /** Conditions that are open, by rule. */
  conditions: Record<string, number>;
  /** But for observations, in order of time. */
  timeline: Happening[];
}

export async function findingsOf({ database: { pool } }: Operation): Promise<Findings> {
  const rows = async (sql: string, values: unknown[] = []): Promise<RowDataPacket[]> =>
    (await pool.query<RowDataPacket[]>(sql, values))[0];
  const counts = (found: RowDataPacket[]): Record<string, number> =>
    Object.fromEntries(found.map((row) => [row['name'] as string, Number(row['devices'])]));
  return {
    alerts: (await listAlerts(pool, {}, { limit: 1000 })).reverse(),
    messages: (await rows('SELECT kind, made_at, body FROM outbox ORDER BY receiver, position')).map(
      (row) => ({
        kind: row['kind'] as string,
        madeAt: (row['made_at'] as Date).getTime(),
        data: (JSON.parse(row['body'] as string) as { data: Record<string, unknown> }).data,
      }),
    ),
    reachability: counts(
      await rows(
        `SELECT reachability AS name, SUM(devices) AS devices FROM fleet_counts
          GROUP BY reachability HAVING SUM(devices) <> 0 ORDER BY reachability`,
      ),
    ),
    conditions: counts(
      await rows(
        'SELECT rule AS name, COUNT(*) AS devices FROM device_conditions GROUP BY rule ORDER BY rule',
      ),
    ),
    timeline: (
      await rows(
        `SELECT d.serial_number, e.at, e.kind, e.data FROM device_events AS e JOIN devices AS d USING (device_id)
          WHERE e.kind <> 'observation' ORDER BY e.at, d.serial_number, e.kind`,
      )
    ).map((row) => ({
      ...{ serialNumber: row['serial_number'] as string, at: (row['at'] as Date).getTime() },
      ...{ kind: row['kind'] as string, data: dataOf(row['data']) },
    })),
  };
}

const dataOf = (stored: unknown): Record<string, unknown> =>
  (typeof stored === 'string' ? JSON.parse(stored) : stored) as Record<string, unknown>;
