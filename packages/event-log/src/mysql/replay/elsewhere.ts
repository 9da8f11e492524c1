import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';

/** Positions of a lane whose events are dead letters, by sequence: those that wait for an operator, and the discarded. */
export type LettersOfLane = Map<number, 'deadLetters' | 'discarded'>;

interface Stretch {
  group: string;
  generation: number;
  lane: number;
  /** Sequences after this one, and up to that one. */
  after: number;
  upTo: number;
}

/** Letters that an operator had applied are not among them: they are part of what was applied. */
export async function readLettersOfLane(connection: Connection, stretch: Stretch): Promise<LettersOfLane> {
  const { group, generation, lane, after, upTo } = stretch;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT seq, state FROM log_dead_letters
     WHERE grp = ? AND generation = ? AND lane = ? AND seq > ? AND seq <= ? AND state <> 'applied'`,
    [group, generation, lane, after, upTo],
  );
  return new Map(
    rows.map((row) => [Number(row['seq']), row['state'] === 'discarded' ? 'discarded' : 'deadLetters']),
  );
}

/** Sequences whose events are parked, or dead letters that nobody has had applied. */
export async function readSequencesElsewhere(
  connection: Connection,
  { group, generation, lane, after, upTo }: Stretch,
): Promise<Set<number>> {
  const stretch = [group, generation, lane, after, upTo];
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT seq FROM log_parked WHERE grp = ? AND generation = ? AND lane = ? AND seq > ? AND seq <= ?
     UNION ALL
     SELECT seq FROM log_dead_letters
     WHERE grp = ? AND generation = ? AND lane = ? AND seq > ? AND seq <= ? AND state <> 'applied'`,
    [...stretch, ...stretch],
  );
  return new Set(rows.map((row) => Number(row['seq'])));
}

/** Where a skip ends that an operator made past a hole after `after`; null when there is none. */
export async function readSkipAfter(
  connection: Connection,
  { group, generation, lane, after }: Omit<Stretch, 'upTo'>,
): Promise<number | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT MAX(to_seq) AS to_seq FROM log_skips
     WHERE grp = ? AND generation = ? AND lane = ? AND to_seq > ? AND from_seq <= ? AND state = 'done'`,
    [group, generation, lane, after, after + 1],
  );
  return row?.['to_seq'] === null || row === undefined ? null : Number(row['to_seq']);
}

/** How many positions of each kind lie in a stretch. */
export function countLetters(
  letters: LettersOfLane | undefined,
  after: number,
  upTo: number,
): { deadLetters: number; discarded: number } {
  const counts = { deadLetters: 0, discarded: 0 };
  for (const [sequence, kind] of letters ?? []) if (sequence > after && sequence <= upTo) counts[kind] += 1;
  return counts;
}
