import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2';
import { waitFor } from '../pause.js';
import type { ChaosDatabase } from '../stack/chaos-database.js';
import type { AlertReceiver } from './alert-receiver.js';

/** Every device that falls silent is an alert; times are so short that many begin and end within a run. */
export const OFFLINE_RULE = 'chaos-offline';
const RECEIVER = 'chaos';
const SECRET_VARIABLE = 'CHAOS_ALERT_SECRET';

/** @returns the environment of a writer that tells `receiver` of its alerts */
export function alertEnvironment(folder: string, { url, secret }: AlertReceiver): Record<string, string> {
  const file = join(folder, 'alerts.json');
  writeFileSync(
    file,
    JSON.stringify({
      rules: [{ name: OFFLINE_RULE, on: 'offline', match: {}, for: '1s', recovery: '1s' }],
      groups: { labels: [], members: 5, hold: '5s', clear: '2s' },
      budget_per_hour: 10_000,
      receivers: [{ name: RECEIVER, type: 'webhook', url, secret_env: SECRET_VARIABLE }],
    }),
  );
  return { ALERTS_FILE: file, [SECRET_VARIABLE]: secret };
}

/**
 * Waits until the evaluator has read what has changed and every message has arrived. Devices that have paused go on
 * falling silent meanwhile.
 */
export function settleAlerts(database: ChaosDatabase, withinMs: number): Promise<boolean> {
  return waitFor(
    async () => {
      const [[row]] = await database.using((connection) =>
        connection.query<RowDataPacket[]>(
          `SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting') AS waiting,
                  (SELECT COUNT(*) FROM change_feed_heads AS h
                     LEFT JOIN alert_positions AS p ON p.lane = h.lane
                    WHERE h.lane < 65535 AND COALESCE(p.position, 0) < h.position) AS behind`,
        ),
      );
      return Number(row?.['waiting']) === 0 && Number(row?.['behind']) === 0;
    },
    withinMs,
    300,
  );
}
