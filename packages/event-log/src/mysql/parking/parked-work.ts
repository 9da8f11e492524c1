import { isDataError, type SingleConnection } from '@cpemon/database';
import type { LaneApplier, PreparedApply, Refusal } from '../../event-log.js';
import type { ConsumerObserver } from '../consume/batch-runner.js';
import { EventFailedError } from '../../event-failed-error.js';
import { formatPosition } from '../../position.js';
import { causeOf } from '../consume/lane-trouble.js';
import type { LaneWork, OwnerHands } from '../consume/lane-work.js';
import type { OwnedLane } from '../consume/owned-lane.js';
import { batchAgain } from './batch-again.js';
import { lastAttempt, refuseAgain, tryNext, type Verdict } from './parked-retry.js';
import { buryParked, deleteParked, readDueHeads, readParkedOf, type ParkedHead } from './parked-rows.js';
import type { RetrySchedule } from './retry-schedule.js';

export interface ParkedWorkOptions {
  applier: LaneApplier;
  schedule: RetrySchedule;
  observer: ConsumerObserver;
  /** Parked events of one device beyond which the first becomes a dead letter at once. */
  mostOfOneDevice?: number;
}

const LOOK_EVERY_MS = 250;
const HEADS_A_STEP = 10;
const HEADS_AT_FIRST = 1000;
const EVENTS_A_STEP = 200;
const MOST_OF_ONE_DEVICE = 10_000;

/**
 * Tries parked devices again: from the first event on in order, as far as they go. The first that is refused is tried
 * later, or given up; then it is the turn of the next.
 */
export function createParkedWork(options: ParkedWorkOptions): LaneWork {
  const { applier, schedule, observer, mostOfOneDevice = MOST_OF_ONE_DEVICE } = options;
  /** Events whose rows the database did not take, by position: refused at the next attempt, alone. */
  const notTaken = new Map<string, Refusal>();
  const alone = new Set<string>();
  /** Lanes that were looked at since they are ours: at first, types that another version did not know are tried. */
  const known = new WeakSet<OwnedLane>();

  const retry = async (lane: OwnedLane, head: ParkedHead, at: number, hands: OwnerHands): Promise<void> => {
    const { subject } = head;
    const waiting = lane.parked.get(subject) ?? 0;
    const most = alone.has(subject) ? 1 : EVENTS_A_STEP;
    const rows = await hands.read((connection) =>
      readParkedOf(connection, hands.membership, lane.lane, subject, most),
    );
    const [first] = rows;
    if (first === undefined) return;
    const prepared = await applier.prepare([batchAgain(hands, lane, rows, at, notTaken)]);
    const applied = rows.slice(0, rows.length - prepared.parked.length);
    const refused = rows[applied.length];
    const refusal = prepared.parked[0]?.refusal;
    const verdict: Verdict | undefined =
      refused === undefined || refusal === undefined
        ? undefined
        : lastAttempt(head, applied.length === 0, refusal, schedule, waiting > mostOfOneDevice);
    const gone = applied.length + (verdict?.dead === true ? 1 : 0);
    const left = waiting - gone;
    await hands.transact({
      lanes: [lane],
      moves: new Map([
        [
          lane.lane,
          {
            ...countsOf(prepared),
            parkedEvents: -gone,
            parkedDevices: left > 0 ? 0 : -1,
            deadLetters: verdict?.dead === true ? 1 : 0,
          },
        ],
      ]),
      prepared,
      async write(transaction: SingleConnection) {
        await deleteParked(transaction, hands.membership, applied);
        if (refused !== undefined && refusal !== undefined && verdict !== undefined) {
          await refuseAgain(transaction, hands.membership, refused, refusal, verdict);
          if (verdict.dead) await buryParked(transaction, hands.membership, refused);
        }
        if (left > 0 && verdict?.dead !== false) {
          await tryNext(transaction, hands.membership, lane.lane, subject);
        }
      },
    });
    if (left > 0) lane.parked.set(subject, left);
    else lane.parked.delete(subject);
    alone.delete(subject);
    for (const row of rows) notTaken.delete(formatPosition(row));
    if (verdict?.dead === true && refusal !== undefined) observer.deadLetter?.(refusal.reason);
  };

  /** The next attempt will leave out what this one could not take. */
  const learn = (error: unknown, head: ParkedHead): void => {
    if (error instanceof EventFailedError || isDataError(error)) {
      if (error instanceof EventFailedError && error.sequence !== head.sequence) alone.add(head.subject);
      else if (error instanceof EventFailedError || alone.has(head.subject)) {
        const reason = error instanceof EventFailedError ? 'refused' : 'data_error';
        notTaken.set(formatPosition(head), { reason, cause: causeOf(error) });
        alone.add(head.subject);
      } else alone.add(head.subject);
    }
  };

  return {
    async step(lanes, hands) {
      const waiting = lanes.filter(({ parked }) => parked.size > 0);
      if (waiting.length === 0) return LOOK_EVERY_MS;
      const numbers = waiting.map(({ lane }) => lane);
      const justOpened = waiting.filter((lane) => !known.has(lane));
      const extent =
        justOpened.length > 0
          ? { limit: HEADS_AT_FIRST, unknownToo: true }
          : { limit: HEADS_A_STEP, unknownToo: false };
      const { at, heads } = await hands.read((connection) =>
        readDueHeads(connection, hands.membership, numbers, extent),
      );
      for (const lane of justOpened) known.add(lane);
      for (const head of heads) {
        const lane = waiting.find((one) => one.lane === head.homeLane);
        if (lane === undefined || !lane.open) continue;
        try {
          await retry(lane, head, at, hands);
        } catch (error) {
          learn(error, head);
          hands.forget([lane]);
          throw error;
        }
      }
      return heads.length >= HEADS_A_STEP ? 0 : LOOK_EVERY_MS;
    },
  };
}

const countsOf = ({ counts }: PreparedApply) => ({
  duplicates: counts.reduce((sum, { duplicates }) => sum + duplicates, 0),
  late: counts.reduce((sum, { late }) => sum + late, 0),
  quarantined: counts.reduce((sum, { quarantined = 0 }) => sum + quarantined, 0),
  erased: counts.reduce((sum, { erased = 0 }) => sum + erased, 0),
});
