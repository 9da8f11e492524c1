import { DEFAULT_ALERT_SETTINGS, type AlertSettings } from '@cpemon/alerts';
import { createEvaluator } from '@cpemon/cpemon-writer';
import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';

/** An alarm of a group that is on. */
export interface DecidedAlarm {
  label: string;
  value: string;
  missing: number;
  /** From the first look on, seconds: the time of the looks themselves counts as it is, that between them as the loop has it. */
  afterSeconds: number;
}

const LOOK_EVERY_MS = 2000;
/** What is suspected is decided after two minutes. */
const LOOKS = 100;
const SETTINGS: AlertSettings = DEFAULT_ALERT_SETTINGS;

/** Lets the evaluator of alerts look until there is an alarm, and once more; the pauses between looks are not waited for. */
export async function decideAlarms(connection: SingleConnection, at: number): Promise<DecidedAlarm[]> {
  let now = at;
  const evaluator = await createEvaluator({
    connection,
    async transact(work) {
      await connection.query('START TRANSACTION');
      const result = await work(connection);
      await connection.query('COMMIT');
      return result;
    },
    settings: () => SETTINGS,
    clock: () => now,
  });
  const known = new Set((await alarmsOn(connection)).map(({ id }) => id));
  for (let look = 0; look < LOOKS; look += 1) {
    const startedAt = performance.now();
    const more = await evaluator.step();
    now += performance.now() - startedAt + (more ? 0 : LOOK_EVERY_MS);
    const found = (await alarmsOn(connection)).filter(({ id }) => !known.has(id));
    if (found.length > 0)
      return found.map(({ id: _id, ...alarm }) => ({ ...alarm, afterSeconds: (now - at) / 1000 }));
  }
  throw new WrongResult('there was no alarm');
}

async function alarmsOn(
  connection: SingleConnection,
): Promise<{ id: number; label: string; value: string; missing: number }[]> {
  const [rows] = await connection.query(
    `SELECT alert_id AS id, group_label AS label, group_value AS value, missing FROM alerts
      WHERE kind = 'group' AND state = 'firing' ORDER BY alert_id`,
  );
  return rows as { id: number; label: string; value: string; missing: number }[];
}
