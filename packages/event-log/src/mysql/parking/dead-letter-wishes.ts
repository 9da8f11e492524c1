import type { Connection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { OperatorError } from '../../operator-error.js';
import { formatPosition, type Position } from '../../position.js';
import { conditionOf, type DeadLetterFilter } from './dead-letter-filter.js';
import { readDeadLetter } from './dead-letters.js';
import { requireGroup } from '../groups.js';
import { audited } from '../operator-audit.js';

/** requeue: apply it under its own position. discard: give it up for good. */
export type DeadLetterWish = 'requeue' | 'discard';

/** Which letters: each of them, all that match, or all there are. Those that are not dead are passed over. */
export type DeadLetterChoice = { positions: readonly Position[] } | { filter: DeadLetterFilter };

const CHUNK = 1000;
/** Positions that a row of the audit names. */
const POSITIONS_NAMED = 200;

/**
 * Asks the owners of the lanes to do something with one dead letter.
 * @param connection outside any transaction
 * @throws OperatorError `unknown_group`, `unknown_dead_letter`, or `not_dead` when it was asked for before or is settled
 */
export async function askDeadLetter(
  connection: Connection,
  group: string,
  position: Position,
  wish: DeadLetterWish,
  actor: string,
): Promise<void> {
  const target = formatPosition(position);
  await audited(
    connection,
    { actor, action: `dead_letters.${wish}`, target, detail: { group } },
    async () => {
      await requireGroup(connection, group);
      if ((await markAsked(connection, group, [position], wish, actor)) === 1) return;
      const { state, askedBy } = await readDeadLetter(connection, group, position);
      const by = askedBy === null ? '' : `, asked by ${askedBy}`;
      throw new OperatorError(409, 'not_dead', `The dead letter ${target} is in state ${state}${by}.`);
    },
  );
}

/**
 * Asks the same for many: in chunks, each a transaction with its row of the audit, so that what is asked for is
 * always written down and the lanes' owners hardly wait. A letter that is not dead (any more) is passed over.
 * @param connection outside any transaction
 * @returns how many were asked for
 * @throws OperatorError `unknown_group`; `invalid_filter` when it names another state than dead
 */
export async function askDeadLetters(
  connection: Connection,
  group: string,
  choice: DeadLetterChoice,
  wish: DeadLetterWish,
  actor: string,
): Promise<number> {
  const next =
    'positions' in choice ? chunksOf(choice.positions) : matching(connection, group, choice.filter);
  let asked = 0;
  for (let part = 1, more = true; more; part += 1) {
    const act = {
      actor,
      action: `dead_letters.${wish}`,
      target: `group ${group}`,
      detail: detailOf(choice, part),
    };
    const chunk = await audited(
      connection,
      act,
      async () => {
        await requireGroup(connection, group);
        if ('filter' in choice && (choice.filter.state ?? 'dead') !== 'dead') {
          throw new OperatorError(400, 'invalid_filter', 'Only letters in state dead can be asked for.');
        }
        const positions = await next();
        const marked = await markAsked(connection, group, positions, wish, actor);
        return { marked, positions };
      },
      ({ marked, positions }) => ({
        asked: marked,
        positions: positions.slice(0, POSITIONS_NAMED).map(formatPosition),
      }),
    );
    asked += chunk.marked;
    more = chunk.positions.length === CHUNK;
  }
  return asked;
}

const detailOf = (choice: DeadLetterChoice, part: number): Record<string, unknown> =>
  'filter' in choice ? { filter: choice.filter, part } : { part };

function chunksOf(positions: readonly Position[]): () => Promise<readonly Position[]> {
  let at = 0;
  return () => {
    at += CHUNK;
    return Promise.resolve(positions.slice(at - CHUNK, at));
  };
}

/** The next dead ones in the order of the log: a letter that fails again meanwhile is not met twice. */
function matching(connection: Connection, group: string, filter: DeadLetterFilter) {
  let last: Position = { generation: 0, lane: 0, sequence: 0 };
  return async (): Promise<Position[]> => {
    const { generation, lane, sequence } = last;
    const { sql, values } = conditionOf(group, { ...filter, state: 'dead' });
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT generation, lane, seq
       FROM log_dead_letters
       WHERE ${sql} AND (generation > ? OR (generation = ? AND (lane > ? OR (lane = ? AND seq > ?))))
       ORDER BY generation, lane, seq
       LIMIT ?`,
      [...values, generation, generation, lane, lane, sequence, CHUNK],
    );
    const found = rows.map((row) => ({
      generation: row['generation'] as number,
      lane: row['lane'] as number,
      sequence: Number(row['seq']),
    }));
    last = found.at(-1) ?? last;
    return found;
  };
}

/** Only what is dead at this moment: of two who ask at once, one does. */
async function markAsked(
  connection: Connection,
  group: string,
  positions: readonly Position[],
  wish: DeadLetterWish,
  actor: string,
): Promise<number> {
  if (positions.length === 0) return 0;
  const [result] = await connection.query<ResultSetHeader>(
    `UPDATE log_dead_letters
     SET state = ?, asked_by = ?, asked_at = SYSDATE(3), settled_at = NULL
     WHERE grp = ? AND state = 'dead' AND (generation, lane, seq) IN (?)`,
    [
      ...[wish, actor.slice(0, 128), group],
      positions.map(({ generation, lane, sequence }) => [generation, lane, sequence]),
    ],
  );
  return result.affectedRows;
}
