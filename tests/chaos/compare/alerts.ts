import type { RowDataPacket } from 'mysql2';
import { OFFLINE_RULE } from '../alerts/alert-run.js';
import type { Comparison, Evidence, Violation } from './comparison.js';

const TABLE = 'alerts';
const told = (kind: Violation['kind'], alert: string, detail: string): Violation => ({
  ...{ kind, table: TABLE, event: alert, detail },
});

/**
 * Alerts against the timelines and the feed: each was opened once and ended once at most, is of an outage that the
 * device's timeline has, and of no outage there are two; who is offline has one.
 */
export const alerts: Comparison = {
  table: TABLE,
  async compare(evidence) {
    return [
      ...(await states(evidence)),
      ...(await feed(evidence)),
      ...(await outages(evidence)),
      ...(await missing(evidence)),
    ];
  },
};

async function states({ connection }: Evidence): Promise<Violation[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT alert_id, open_key, state, notification,
            fired_at IS NOT NULL AS fired, ended_at IS NOT NULL AND resolved_at IS NOT NULL AS ended,
            notified_at IS NOT NULL AS notified, end_notified_at IS NOT NULL AS endNotified
       FROM alerts ORDER BY alert_id`,
  );
  const open = new Map<string, string>();
  return rows.flatMap((row) => {
    const alert = `alert ${row['alert_id']}`;
    const is = (name: string): boolean => Number(row[name]) === 1;
    const [state, key] = [row['state'] as string, row['open_key'] as string | null];
    const wrong: Violation[] = [];
    if (is('fired') !== (state !== 'pending'))
      wrong.push(told('phantom', alert, `is ${state}, and ${is('fired') ? 'has' : 'has never'} fired`));
    if (is('ended') !== (state === 'resolved'))
      wrong.push(told('phantom', alert, `is ${state}, and has ${is('ended') ? 'an' : 'no'} end`));
    if ((key === null) !== (state === 'resolved'))
      wrong.push(told('phantom', alert, `is ${state}, and its key is ${key ?? 'free'}`));
    if (is('notified') !== (row['notification'] !== 'none') || (is('endNotified') && !is('notified')))
      wrong.push(told('phantom', alert, `is ${row['notification']}, but its times say otherwise`));
    if (key !== null && open.has(key))
      wrong.push(told('doubled', alert, `is open for ${key}, as is ${open.get(key)}`));
    if (key !== null) open.set(key, alert);
    return wrong;
  });
}

/** The feed tells of each that it fires, and then that it is over; its positions have no hole. */
async function feed({ connection }: Evidence): Promise<Violation[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT position, data FROM change_feed WHERE lane = 65535 ORDER BY position',
  );
  const [known] = await connection.query<RowDataPacket[]>('SELECT alert_id, state FROM alerts');
  const violations: Violation[] = [];
  const steps = new Map<string, string[]>();
  for (const [index, row] of rows.entries()) {
    if (Number(row['position']) !== index + 1) {
      const detail = `the feed of alerts has ${row['position']} where ${index + 1} is due`;
      return [{ kind: 'lost', table: 'change_feed', position: `65535-${index + 1}`, detail }];
    }
    const { alert, state } = JSON.parse(row['data'] as string) as { alert: number; state: string };
    steps.set(String(alert), [...(steps.get(String(alert)) ?? []), state]);
  }
  const stateOf = new Map(known.map((row) => [String(row['alert_id']), row['state'] as string]));
  for (const [alert, states] of steps)
    if (!stateOf.has(alert))
      violations.push(told('phantom', `alert ${alert}`, `the feed has ${states.join()}`));
  for (const [alert, state] of stateOf) {
    const wanted = state === 'pending' ? '' : state === 'firing' ? 'firing' : 'firing,resolved';
    const seen = (steps.get(alert) ?? []).join();
    if (seen === wanted) continue;
    const kind = seen.length > wanted.length ? 'doubled' : 'lost';
    violations.push(told(kind, `alert ${alert}`, `is ${state}, but the feed has "${seen}"`));
  }
  return violations;
}

/** Each alert of a device is of an outage in its timeline, and of each outage there is one at most. */
async function outages({ connection }: Evidence): Promise<Violation[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT a.alert_id, a.serial_number, a.started_at = a.pending_at AS sameTime,
            CAST(UNIX_TIMESTAMP(a.started_at) * 1000 AS UNSIGNED) AS started,
            (SELECT COUNT(*) FROM device_events AS e
              WHERE e.device_id = a.device_id AND e.at = a.started_at AND e.kind = 'reachability'
                AND e.identity = 'offline') AS outages
       FROM alerts AS a WHERE a.rule = ? ORDER BY a.alert_id`,
    [OFFLINE_RULE],
  );
  const seen = new Map<string, string>();
  return rows.flatMap((row) => {
    const alert = `alert ${row['alert_id']} of ${row['serial_number']}`;
    const when = new Date(Number(row['started'])).toISOString();
    const outage = `${row['serial_number']} ${row['started']}`;
    const before = seen.get(outage);
    seen.set(outage, alert);
    if (before !== undefined) return [told('doubled', alert, `is of the outage at ${when}, as is ${before}`)];
    // One that was seen before it was by the database's clock, which was set back.
    if (Number(row['outages']) > 0 || Number(row['sameTime']) === 1) return [];
    return [told('phantom', alert, `began at ${when}, at which its device did not go offline`)];
  });
}

/** Who is offline, as far as the evaluator has read the feed, has an alert. */
async function missing({ connection }: Evidence): Promise<Violation[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT d.serial_number, s.reachability_since
       FROM device_state AS s
       JOIN devices AS d ON d.device_id = s.device_id
      WHERE s.reachability = 'offline'
        AND EXISTS (SELECT 1 FROM change_feed AS c
                      JOIN alert_positions AS p ON p.lane = c.lane AND p.position >= c.position
                     WHERE c.device_id = s.device_id AND c.kind = 'reachability' AND c.news
                       AND c.at = s.reachability_since)
        AND NOT EXISTS (SELECT 1 FROM alerts AS a WHERE a.device_id = s.device_id AND a.rule = ?
                           AND a.open_key IS NOT NULL)`,
    [OFFLINE_RULE],
  );
  return rows.map((row) => {
    const since = (row['reachability_since'] as Date).toISOString();
    return told('lost', row['serial_number'] as string, `is offline since ${since} and has no alert`);
  });
}
