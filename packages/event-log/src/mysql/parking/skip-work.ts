import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { LaneWork, OwnerHands } from '../consume/lane-work.js';
import type { OwnedLane } from '../consume/owned-lane.js';

const LOOK_EVERY_MS = 2000;

/** Moves a lane past a hole of the log, where an operator has asked for it; nothing that is in the log is skipped. */
export function createSkipWork(): LaneWork {
  const settle = async (lane: OwnedLane, to: number, hands: OwnerHands): Promise<void> => {
    const { membership } = hands;
    const judgement = await hands.read((connection) => judge(connection, membership.generation, lane, to));
    if (judgement === 'not there yet') return;
    const key = [membership.group, membership.generation, lane.lane, to];
    const where = "WHERE grp = ? AND generation = ? AND lane = ? AND to_seq = ? AND state = 'asked'";
    await hands.transact({
      lanes: [lane],
      ...(judgement === 'skip'
        ? { moves: new Map([[lane.lane, { toOffset: to, skipped: to - lane.offset }]]) }
        : {}),
      async write(transaction) {
        await transaction.query(
          `UPDATE log_skips SET state = ?, from_seq = ?, detail = ?, settled_at = SYSDATE(3) ${where}`,
          judgement === 'skip'
            ? ['done', lane.offset + 1, '', ...key]
            : ['refused', null, judgement.refusal.slice(0, 255), ...key],
        );
      },
    });
    lane.retryAt = 0;
  };

  return {
    async step(lanes, hands) {
      const { group, generation } = hands.membership;
      const asked = await hands.read(async (connection) => {
        const [rows] = await connection.query<RowDataPacket[]>(
          `SELECT lane, to_seq FROM log_skips
           WHERE grp = ? AND generation = ? AND lane IN (?) AND state = 'asked' ORDER BY lane, to_seq`,
          [group, generation, lanes.map(({ lane }) => lane)],
        );
        return rows;
      });
      for (const row of asked) {
        const lane = lanes.find((one) => one.lane === row['lane']);
        if (lane?.open === true) await settle(lane, Number(row['to_seq']), hands);
      }
      return LOOK_EVERY_MS;
    },
  };
}

type Judgement = 'skip' | 'not there yet' | { refusal: string };

/** Whether everything from the lane's offset to `to` is missing in the log. */
async function judge(
  connection: SingleConnection,
  generation: number,
  { lane, offset }: OwnedLane,
  to: number,
): Promise<Judgement> {
  if (to <= offset) return { refusal: `the lane is applied up to ${offset}` };
  const [heads] = await connection.query<RowDataPacket[]>(
    'SELECT head_seq FROM log_lanes WHERE generation = ? AND lane = ?',
    [generation, lane],
  );
  if (to > Number(heads[0]?.['head_seq'] ?? 0)) return { refusal: 'the lane has no such position yet' };
  const firstRecordAfter = async (position: number): Promise<number> => {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT last_seq - event_count + 1 AS first_seq FROM log_records FORCE INDEX (PRIMARY)
       WHERE generation = ? AND lane = ? AND last_seq > ? ORDER BY last_seq LIMIT 1`,
      [generation, lane, position],
    );
    return Number(rows[0]?.['first_seq'] ?? Infinity);
  };
  if ((await firstRecordAfter(to - 1)) <= to) return { refusal: `the log holds position ${to}` };
  const next = await firstRecordAfter(offset);
  if (next <= offset + 1) return 'not there yet';
  return next <= to ? { refusal: `the log goes on at ${next}: skip to ${next - 1}` } : 'skip';
}
