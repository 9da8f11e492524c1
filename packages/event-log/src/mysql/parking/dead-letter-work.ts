import { isDataError, type SingleConnection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import type { LaneApplier, LoggedEvent, Refusal } from '../../event-log.js';
import { EventFailedError } from '../../event-failed-error.js';
import { formatPosition } from '../../position.js';
import { causeOf } from '../consume/lane-trouble.js';
import type { LaneWork, OwnerHands } from '../consume/lane-work.js';
import type { Membership } from '../membership/membership.js';
import type { OwnedLane } from '../consume/owned-lane.js';
import { batchAgain, type SetAside } from './batch-again.js';

interface Wish extends SetAside {
  homeLane: number;
  wanted: 'requeue' | 'discard';
}

type Settled = 'applied' | 'discarded' | 'dead';

const LOOK_EVERY_MS = 500;
const LETTERS_A_STEP = 100;

/**
 * Does with dead letters what an operator has asked for. A letter is applied under its original position in the
 * transaction that marks it so: whoever asks twice, or asks while its lane changes hands, has it applied once.
 */
export function createDeadLetterWork({ applier }: { applier: LaneApplier }): LaneWork {
  /** Letters whose rows the database did not take, by position; from then on they are tried one by one. */
  const notTaken = new Map<string, Refusal>();
  let oneByOne = false;

  const settle = async (
    lane: OwnedLane,
    wishes: readonly Wish[],
    at: number,
    hands: OwnerHands,
  ): Promise<void> => {
    const discarded = wishes.filter(({ wanted }) => wanted === 'discard');
    const requeued = wishes.filter(({ wanted }) => wanted === 'requeue');
    const prepared =
      requeued.length === 0
        ? undefined
        : await applier.prepare([batchAgain(hands, lane, requeued, at, notTaken)]);
    const left = new Map(prepared?.parked.map((event) => [event.logged, event.refusal]) ?? []);
    const applied = requeued.filter(({ logged }) => !left.has(logged));
    const refused = requeued.filter(({ logged }) => left.get(logged) !== undefined);
    await hands.transact({
      lanes: [lane],
      moves: new Map([
        [
          lane.lane,
          {
            duplicates: prepared?.counts[0]?.duplicates ?? 0,
            late: prepared?.counts[0]?.late ?? 0,
            quarantined: prepared?.counts[0]?.quarantined ?? 0,
            erased: prepared?.counts[0]?.erased ?? 0,
            deadLetters: -(applied.length + discarded.length),
            discarded: discarded.length,
          },
        ],
      ]),
      ...(prepared === undefined ? {} : { prepared }),
      async write(transaction) {
        await mark(transaction, hands.membership, discarded, 'discarded');
        await mark(transaction, hands.membership, applied, 'applied');
        for (const wish of refused)
          await mark(transaction, hands.membership, [wish], 'dead', left.get(wish.logged));
      },
    });
    for (const wish of wishes) notTaken.delete(formatPosition(wish));
  };

  return {
    async step(lanes, hands) {
      const { at, wishes } = await hands.read((connection) =>
        readWishes(connection, hands.membership, lanes, oneByOne ? 1 : LETTERS_A_STEP),
      );
      let settled = 0;
      for (const lane of lanes) {
        const ofLane = wishes.filter(
          // A lane that is rebuilt has to pass a letter first: until then it counts as an event that waits.
          ({ homeLane, sequence }) =>
            homeLane === lane.lane && !(lane.letters?.has(sequence) === true && sequence > lane.offset),
        );
        if (ofLane.length === 0 || !lane.open) continue;
        try {
          await settle(lane, ofLane, at, hands);
          settled += ofLane.length;
        } catch (error) {
          if (error instanceof EventFailedError || isDataError(error)) {
            const [only] = ofLane;
            if (ofLane.length === 1 && only !== undefined)
              notTaken.set(formatPosition(only), { reason: 'data_error', cause: causeOf(error) });
            oneByOne = true;
          }
          hands.forget([lane]);
          throw error;
        }
      }
      if (wishes.length === 0) oneByOne = false;
      return settled > 0 ? 0 : LOOK_EVERY_MS;
    },
  };
}

async function readWishes(
  connection: SingleConnection,
  { group, generation }: Membership,
  lanes: readonly OwnedLane[],
  limit: number,
): Promise<{ at: number; wishes: Wish[] }> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT generation, lane, seq, home_lane, state, event,
       CAST(UNIX_TIMESTAMP(received_at) * 1000 AS UNSIGNED) AS received_ms,
       CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at_ms
     FROM log_dead_letters FORCE INDEX (by_state)
     WHERE grp = ? AND state IN ('requeue', 'discard') AND home_generation = ? AND home_lane IN (?)
     ORDER BY generation, seq LIMIT ?`,
    [group, generation, lanes.map(({ lane }) => lane), limit],
  );
  const wishes = rows.map((row): Wish => ({
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    sequence: Number(row['seq']),
    homeLane: row['home_lane'] as number,
    wanted: row['state'] as Wish['wanted'],
    logged: {
      sequence: Number(row['seq']),
      receivedAt: Number(row['received_ms']),
      event: JSON.parse(row['event'] as string) as LoggedEvent['event'],
    },
  }));
  return { at: Number(rows[0]?.['at_ms'] ?? 0), wishes };
}

/** @throws Error when a letter is not in the state in which it was read: nothing of the step may be committed */
async function mark(
  transaction: SingleConnection,
  { group }: Membership,
  wishes: readonly Wish[],
  state: Settled,
  refusal?: Refusal,
): Promise<void> {
  if (wishes.length === 0) return;
  const failed = refusal === undefined ? '' : ', attempts = attempts + 1, cause = ?';
  const [result] = await transaction.query<ResultSetHeader>(
    `UPDATE log_dead_letters SET state = ?, settled_at = IF(? = 'dead', NULL, SYSDATE(3))${failed}
     WHERE grp = ? AND state IN ('requeue', 'discard') AND (generation, lane, seq) IN (?)`,
    [
      ...[state, state],
      ...(refusal === undefined ? [] : [refusal.cause.slice(0, 1000)]),
      group,
      wishes.map(({ generation, lane, sequence }) => [generation, lane, sequence]),
    ],
  );
  if (result.affectedRows !== wishes.length) throw new Error('A dead letter has changed meanwhile');
}
