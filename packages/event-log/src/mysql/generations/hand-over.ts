import type { SingleConnection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { isAppliedToEnd, type Generation } from './generation.js';
import { moveDeadLetters, moveParkedEvents, type HandOverHands } from './home-moves.js';
import { claimLane, liveMembers, readOwnership, type Membership } from '../membership/membership.js';
import { FenceError, moveOffsets, type OffsetMove } from '../consume/offset-fence.js';
import type { SteadyConnection } from '../connection/steady-connection.js';

/**
 * Gives what belongs to devices to the lanes of a newer generation, in transactions of a second at most. It is called
 * again after a kill at any moment, and must then go on where it was.
 */
export type MoveHome = (to: Generation, hands: HandOverHands) => Promise<void>;

export interface HandOverOptions {
  /** In the generation that is applied to its end. */
  membership: Membership;
  to: Generation;
  /** For the claim, for reads and for transactions; nothing else uses the last meanwhile. */
  claimLink: SteadyConnection;
  readLink: SteadyConnection;
  applyLink: SteadyConnection;
  /** False ends the hand-over before its next transaction. */
  mayGoOn: () => boolean;
  moveHome?: MoveHome;
  beforeCommit?: () => Promise<void>;
}

/** Whoever owns this lane of a finished generation hands it over; its row is the fence. */
const LEADING_LANE = 0;

/**
 * Takes a group from a generation that it has applied to its end to the next one, unless a live member is at it already.
 * The leading lane is claimed, then every other, so that no owner of old can commit anything more; what has a home lane
 * is moved in bounded transactions, each fenced by the leading lane; last the group gets its positions in the new
 * generation, all in one transaction, and from then on its lanes can be claimed. Begun again from any point of it.
 * @returns true when this call has done it, false when somebody else leads or the generation is not at its end
 * @throws FenceError when another member took over; the database's errors
 */
export async function handOver(options: HandOverOptions): Promise<boolean> {
  const { membership, to } = options;
  const { group, generation, leaseMs } = membership;
  const epoch = await options.claimLink.run(leaseMs * 2, (connection) => claimLead(connection, membership));
  if (epoch === null) return false;
  const position = await options.readLink.run(leaseMs, (connection) => readLeading(connection, membership));
  const lead: OffsetMove = { lane: LEADING_LANE, epoch, ...position };

  const transact: HandOverHands['transact'] = (write) =>
    options.applyLink.run(leaseMs, async (connection) => {
      if (!options.mayGoOn()) throw new FenceError('The hand-over stops here; another member will go on');
      await connection.query('START TRANSACTION');
      await moveOffsets(connection, membership, [lead]);
      await write(connection);
      await options.beforeCommit?.();
      if (!options.mayGoOn()) throw new FenceError('The lease ran out in the middle of a hand-over');
      await connection.query('COMMIT');
    });
  const hands: HandOverHands = { read: (work) => options.readLink.run(leaseMs, work), transact };

  let finished = true;
  await transact(async (transaction) => {
    await transaction.query(
      'UPDATE log_offsets SET owner = ?, epoch = epoch + 1 WHERE grp = ? AND generation = ? AND lane <> ?',
      [membership.member, group, generation, LEADING_LANE],
    );
    finished = await isAppliedToEnd(transaction, group, generation);
  });
  if (!finished) return false;

  await moveParkedEvents(hands, group, to);
  await moveDeadLetters(hands, group, to);
  await options.moveHome?.(to, hands);
  await transact((transaction) => enterGeneration(transaction, membership, to));
  return true;
}

/** The epoch of the leading lane, or null when a live member owns it. */
async function claimLead(connection: SingleConnection, membership: Membership): Promise<number | null> {
  const seen = (await readOwnership(connection, membership)).find(({ lane }) => lane === LEADING_LANE);
  if (seen === undefined) return null;
  const isOthers = seen.owner !== null && seen.owner !== membership.member;
  if (isOthers && (await liveMembers(connection, membership)).includes(seen.owner as string)) return null;
  return claimLane(connection, membership, seen);
}

async function readLeading(
  connection: SingleConnection,
  { group, generation }: Membership,
): Promise<Pick<OffsetMove, 'fromOffset' | 'fromHour'>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT applied_seq, applied_hour FROM log_offsets WHERE grp = ? AND generation = ? AND lane = ?',
    [group, generation, LEADING_LANE],
  );
  return { fromOffset: Number(rows[0]?.['applied_seq']), fromHour: Number(rows[0]?.['applied_hour']) };
}

/** The group's positions in the new generation, and the counters of what has moved there. */
async function enterGeneration(
  transaction: SingleConnection,
  { group, generation }: Membership,
  to: Generation,
): Promise<void> {
  const newer = to.generation;
  await transaction.query(
    `INSERT INTO log_offsets (grp, generation, lane, applied_seq, applied_hour, watermark)
     SELECT ?, l.generation, l.lane, l.base_seq, TIMESTAMPDIFF(HOUR, '1970-01-01', g.opened_at), done.watermark
     FROM log_lanes AS l
     JOIN log_generations AS g ON g.generation = l.generation
     JOIN (SELECT MIN(watermark) AS watermark FROM log_offsets WHERE grp = ? AND generation = ?) AS done
     WHERE l.generation = ?`,
    [group, group, generation, newer],
  );
  await transaction.query(
    `UPDATE log_offsets SET parked_events = 0, parked_devices = 0, dead_letters = 0, owner = NULL
     WHERE grp = ? AND generation < ?`,
    [group, newer],
  );
  await setCounters(
    transaction,
    'parked_events = ?, parked_devices = ?',
    `SELECT COUNT(*), COUNT(DISTINCT subject), home_lane FROM log_parked FORCE INDEX (by_home)
     WHERE grp = ? AND home_generation = ? GROUP BY home_lane`,
    [group, newer],
  );
  await setCounters(
    transaction,
    'dead_letters = ?',
    `SELECT COUNT(*), home_lane FROM log_dead_letters FORCE INDEX (by_state)
     WHERE grp = ? AND state IN ('dead', 'requeue', 'discard') AND home_generation = ? GROUP BY home_lane`,
    [group, newer],
  );
  await transaction.query(
    `UPDATE log_replay_lanes SET state = 'stopped', settled_at = SYSDATE(3), detail = 'the log has a new generation'
     WHERE generation < ? AND state = 'running' AND replay_id IN (SELECT replay_id FROM log_replays WHERE grp = ?)`,
    [newer, group],
  );
  await transaction.query(
    `UPDATE log_rebuilds SET state = 'refused', settled_at = SYSDATE(3), detail = 'the log has a new generation'
     WHERE grp = ? AND generation < ? AND state = 'asked'`,
    [group, newer],
  );
  // Ready as a whole once every group that retention waits for is there.
  await transaction.query(
    `UPDATE log_generations SET ready_at = SYSDATE(3)
     WHERE generation = ? AND ready_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM log_groups AS g
       WHERE g.mandatory AND NOT EXISTS (
         SELECT 1 FROM log_offsets AS o WHERE o.grp = g.grp AND o.generation = ?))`,
    [newer, newer],
  );
}

/** @param counted values of `assignments` and, last, the lane of the new generation */
async function setCounters(
  transaction: SingleConnection,
  assignments: string,
  counted: string,
  [group, generation]: [string, number],
): Promise<void> {
  const [rows] = await transaction.query<RowDataPacket[][]>({
    sql: counted,
    values: [group, generation],
    rowsAsArray: true,
  });
  for (const row of rows as unknown as number[][]) {
    const [result] = await transaction.query<ResultSetHeader>(
      `UPDATE log_offsets SET ${assignments} WHERE grp = ? AND generation = ? AND lane = ?`,
      [...row.slice(0, -1), group, generation, row.at(-1)],
    );
    if (result.affectedRows !== 1)
      throw new Error(`Something is at home in lane ${row.at(-1)}, which is not there`);
  }
}
