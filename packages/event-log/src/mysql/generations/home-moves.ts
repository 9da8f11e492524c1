import type { SingleConnection } from '@cpemon/database';
import { laneOf } from '@cpemon/domain';
import type { RowDataPacket } from 'mysql2';
import type { Generation } from './generation.js';

/** Reads outside any transaction, and writes in transactions that are fenced against an owner of old. */
export interface HandOverHands {
  read: <T>(work: (connection: SingleConnection) => Promise<T>) => Promise<T>;
  /** One bounded transaction. @throws FenceError when somebody else hands over now; the database's errors */
  transact: (write: (transaction: SingleConnection) => Promise<void>) => Promise<void>;
}

/** Subjects moved in one transaction, and about how many parked events at most: one device may have 10,000. */
const SUBJECTS_A_STEP = 500;
const PARKED_A_STEP = 10_000;

/** Gives parked events to the lanes of a newer generation. What is there already stays, so it can be done again. */
export async function moveParkedEvents(hands: HandOverHands, group: string, to: Generation): Promise<void> {
  for (;;) {
    const [first, ...others] = await hands.read((connection) => readParked(connection, group, to.generation));
    if (first === undefined) return;
    let events = first.events;
    const subjects = [first.subject];
    for (const next of others) {
      const isHome = next.generation === first.generation && next.lane === first.lane;
      if (!isHome || events + next.events > PARKED_A_STEP) break;
      events += next.events;
      subjects.push(next.subject);
    }
    await hands.transact(async (transaction) => {
      for (const [lane, ofLane] of byLane(subjects, to.lanes)) {
        await transaction.query(
          `UPDATE log_parked FORCE INDEX (by_home) SET home_generation = ?, home_lane = ?
           WHERE grp = ? AND home_generation = ? AND home_lane = ? AND subject IN (?)`,
          [to.generation, lane, group, first.generation, first.lane, ofLane],
        );
      }
    });
  }
}

interface ParkedSubject {
  generation: number;
  lane: number;
  subject: string;
  events: number;
}

async function readParked(
  connection: SingleConnection,
  group: string,
  before: number,
): Promise<ParkedSubject[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT home_generation, home_lane, subject, COUNT(*) AS events FROM log_parked FORCE INDEX (by_home)
     WHERE grp = ? AND home_generation < ?
     GROUP BY home_generation, home_lane, subject
     ORDER BY home_generation, home_lane, subject LIMIT ?`,
    [group, before, SUBJECTS_A_STEP],
  );
  return rows.map((row) => ({
    generation: row['home_generation'] as number,
    lane: row['home_lane'] as number,
    subject: row['subject'] as string,
    events: Number(row['events']),
  }));
}

/** Gives dead letters that are not settled to the lanes of a newer generation. */
export async function moveDeadLetters(hands: HandOverHands, group: string, to: Generation): Promise<void> {
  for (;;) {
    const [rows] = await hands.read((connection) =>
      connection.query<RowDataPacket[]>(
        `SELECT DISTINCT subject FROM log_dead_letters FORCE INDEX (by_state)
         WHERE grp = ? AND state IN ('dead', 'requeue', 'discard') AND home_generation < ? LIMIT ?`,
        [group, to.generation, SUBJECTS_A_STEP],
      ),
    );
    if (rows.length === 0) return;
    const subjects = rows.map((row) => row['subject'] as string);
    await hands.transact(async (transaction) => {
      for (const [lane, ofLane] of byLane(subjects, to.lanes)) {
        await transaction.query(
          `UPDATE log_dead_letters FORCE INDEX (by_subject) SET home_generation = ?, home_lane = ?
           WHERE grp = ? AND subject IN (?) AND home_generation < ? AND state IN ('dead', 'requeue', 'discard')`,
          [to.generation, lane, group, ofLane, to.generation],
        );
      }
    });
  }
}

function byLane(subjects: readonly string[], lanes: number): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const subject of subjects) {
    const lane = laneOf(subject, lanes);
    const ofLane = found.get(lane);
    if (ofLane === undefined) found.set(lane, [subject]);
    else ofLane.push(subject);
  }
  return found;
}
