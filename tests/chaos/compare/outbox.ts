import type { RowDataPacket } from 'mysql2';
import type { Comparison, Evidence, Violation } from './comparison.js';

const TABLE = 'outbox';

/**
 * What was to be told against what arrived: each message once in the outbox, under one id and with one body; at least
 * once with its receiver, in order; none of an alert that nobody is told of, and none that the outbox does not know.
 */
export const outbox: Comparison = {
  table: TABLE,
  async compare(evidence) {
    return [...(await messages(evidence)), ...(await arrivals(evidence))];
  },
};

/** What was made a moment before the writers stopped waits for the next. */
const SENT_WITHIN_SECONDS = 30;

const told = (kind: Violation['kind'], event: string, detail: string): Violation => ({
  ...{ kind, table: TABLE, event, detail },
});

/** Against the alerts: who was told of, and of whose end. */
async function messages({ connection }: Evidence): Promise<Violation[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT position, message_id, state, made_at < SYSDATE(3) - INTERVAL ? SECOND AS old
       FROM outbox ORDER BY receiver, position`,
    [SENT_WITHIN_SECONDS],
  );
  const violations: Violation[] = [];
  const count = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const id = row['message_id'] as string;
    if (Number(row['position']) !== index + 1)
      violations.push(told('lost', id, `stands at ${row['position']}, where ${index + 1} is due`));
    if (row['state'] === 'dead') violations.push(told('lost', id, 'was given up'));
    if (row['state'] === 'waiting' && Number(row['old']) === 1)
      violations.push(told('stuck', id, 'waits still'));
    count.set(id, (count.get(id) ?? 0) + 1);
  }
  const [alerts] = await connection.query<RowDataPacket[]>(
    "SELECT alert_id, notification = 'sent' AS sent, end_notified_at IS NOT NULL AS ended FROM alerts",
  );
  const wanted = new Set(
    alerts.flatMap((row) => [
      ...(Number(row['sent']) === 1 ? [`cpemon-alert-${row['alert_id']}-firing`] : []),
      ...(Number(row['ended']) === 1 ? [`cpemon-alert-${row['alert_id']}-resolved`] : []),
    ]),
  );
  for (const id of wanted)
    if (!count.has(id)) violations.push(told('lost', id, 'was told by its alert, but stands nowhere'));
  for (const [id, times] of count) {
    if (times > 1) violations.push(told('doubled', id, `stands there ${times} times`));
    if (!wanted.has(id)) violations.push(told('phantom', id, 'is of no alert that was told'));
  }
  return violations;
}

/** Against the receiver's books. */
async function arrivals({ connection, deliveries }: Evidence): Promise<Violation[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT position, message_id, state, body FROM outbox ORDER BY position',
  );
  const known = new Map(rows.map((row) => [row['message_id'] as string, row]));
  const arrived = new Set<string>();
  const taken = new Set<string>();
  const violations: Violation[] = [];
  let furthest = 0;
  for (const { id, body, signed, taken: isTaken } of deliveries) {
    const row = known.get(id);
    if (row === undefined) violations.push(told('phantom', id, 'arrived, but stands in no outbox'));
    else if (row['body'] !== body) violations.push(told('phantom', id, 'arrived with another body'));
    if (!signed) violations.push(told('phantom', id, 'arrived with a signature that is not its own'));
    if (isTaken) taken.add(id);
    if (row === undefined || arrived.has(id)) continue;
    arrived.add(id);
    const position = Number(row['position']);
    if (position < furthest) violations.push(told('out of order', id, `came after message ${furthest}`));
    furthest = Math.max(furthest, position);
  }
  for (const [id, row] of known)
    if (row['state'] === 'sent' && !taken.has(id))
      violations.push(told('lost', id, 'is booked as sent, but was never taken'));
  return violations;
}
