import type { SingleConnection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { EventFailedError } from '../../event-failed-error.js';
import type { LaneApplier, ParkedEvent, PreparedApply, Refusal } from '../../event-log.js';
import { causeOf, failureKind } from '../consume/lane-trouble.js';
import type { LaneWork, OwnerHands } from '../consume/lane-work.js';
import type { Membership } from '../membership/membership.js';
import type { OwnedLane } from '../consume/owned-lane.js';
import { readReplaySlice, type ReplayPosition, type ReplaySlice } from './replay-slice.js';

export interface ReplayWorkOptions {
  applier: LaneApplier;
  /** Milliseconds that a step should take; the slices are sized by it. */
  stepMs?: number;
}

/** A pass of a replay through one of our lanes. */
interface Pass extends ReplayPosition {
  owned: OwnedLane;
}

/** What is known of a pass beside its position; nobody needs it after a take-over. */
interface PassTrouble {
  /** Events of the next slice, while one that the database does not take is looked for by halving. */
  cut: number | undefined;
  refusals: Map<number, Refusal>;
  /** Attempts that failed in a row for no event's fault. */
  failures: number;
}

const LOOK_EVERY_MS = 1000;
const STEP_MS = 20;
/** Below this a step is round trips and a COMMIT, whatever it holds. */
const SMALLEST_SLICE = 250;
const LARGEST_SLICE = 5000;
/** The live stream gets as much time as the replay; behind a backlog of so many events, nine times as much. */
const BACKLOG_EVENTS = 1000;
const SHARE = 1;
const SHARE_BEHIND_BACKLOG = 9;
const MOST_FAILURES = 5;

/**
 * Replays: a second pass over lanes of ours between the batches of their live stream. Its position is moved in the
 * state transaction of each slice; the live offset stays. What fails is listed and parks nothing.
 */
export function createReplayWork({ applier, stepMs = STEP_MS }: ReplayWorkOptions): LaneWork {
  const troubles = new Map<string, PassTrouble>();
  let sliceEvents = SMALLEST_SLICE;

  const troubleOf = (pass: Pass): PassTrouble => {
    const key = keyOf(pass);
    const known = troubles.get(key) ?? { cut: undefined, refusals: new Map(), failures: 0 };
    troubles.set(key, known);
    return known;
  };

  const end = async (
    pass: Pass,
    { state, detail }: { state: 'refused' | 'stopped'; detail: string },
    hands: OwnerHands,
  ): Promise<void> => {
    troubles.delete(keyOf(pass));
    await hands.transact({
      lanes: [pass.owned],
      write: (transaction) => settlePass(transaction, pass, state, detail),
    });
  };

  const prepare = async (
    pass: Pass,
    slice: ReplaySlice & { kind: 'events' },
    refusals: ReadonlyMap<number, Refusal>,
  ): Promise<PreparedApply | undefined> => {
    const last = slice.events.at(-1);
    if (last === undefined) return undefined;
    const { generation, lane, owned } = pass;
    try {
      return await applier.prepare([
        {
          ...{ mode: 'replay', generation, lane, events: slice.events, refusals },
          ...{ watermark: last.receivedAt, attemptAt: slice.at, parked: NOTHING_PARKED },
        },
      ]);
    } catch (error) {
      // What it remembers may have changed half; nothing of this lane is being prepared elsewhere.
      owned.open = false;
      applier.closeLane({ generation, lane });
      throw error;
    }
  };

  const apply = async (
    pass: Pass,
    slice: ReplaySlice & { kind: 'events' },
    hands: OwnerHands,
  ): Promise<void> => {
    const trouble = troubleOf(pass);
    const prepared = await prepare(pass, slice, trouble.refusals);
    const failed = (prepared?.parked ?? []).filter(({ refusal }) => refusal !== undefined);
    const unknown = (prepared?.counts ?? []).reduce((sum, { leftOut = 0 }) => sum + leftOut, 0);
    const applied = slice.events.length - failed.length - unknown;
    await hands.transact({
      lanes: [pass.owned],
      ...(prepared === undefined ? {} : { prepared }),
      async write(transaction) {
        const counts = { applied, leftOut: slice.leftOut + unknown, failed: failed.length };
        await movePass(transaction, pass, slice, counts);
        await listFailures(transaction, pass, failed);
      },
    });
    trouble.failures = 0;
    for (const sequence of trouble.refusals.keys())
      if (sequence <= slice.endSequence) trouble.refusals.delete(sequence);
    if (trouble.cut !== undefined) trouble.cut = trouble.cut * 2 < sliceEvents ? trouble.cut * 2 : undefined;
    if (slice.endSequence >= pass.endSequence) troubles.delete(keyOf(pass));
  };

  /** Takes note of what went wrong. @throws the error when the same slice is to be tried again as it is */
  const learn = async (
    error: unknown,
    pass: Pass,
    slice: ReplaySlice & { kind: 'events' },
    hands: OwnerHands,
  ): Promise<void> => {
    const kind = failureKind(error);
    if (kind === 'fence' || kind === 'moment') throw error;
    const trouble = troubleOf(pass);
    if (error instanceof EventFailedError && !trouble.refusals.has(error.sequence)) {
      trouble.refusals.set(error.sequence, { reason: 'refused', cause: error.message });
      return;
    }
    const offered = slice.events.filter(({ sequence }) => !trouble.refusals.has(sequence));
    if (kind === 'data' && offered.length > 1) {
      trouble.cut = Math.max(1, Math.floor(slice.events.length / 2));
      return;
    }
    const [only] = offered;
    if (kind === 'data' && only !== undefined) {
      trouble.refusals.set(only.sequence, { reason: 'data_error', cause: causeOf(error) });
      return;
    }
    trouble.failures += 1;
    if (trouble.failures < MOST_FAILURES || !pass.owned.open) throw error;
    await end(pass, { state: 'stopped', detail: causeOf(error).slice(0, 255) }, hands);
  };

  return {
    async step(lanes, hands) {
      const { membership } = hands;
      const startedAt = performance.now();
      const { passes, running, behind } = await hands.read((connection) =>
        readPasses(connection, membership, lanes),
      );
      const [pass] = passes;
      if (pass === undefined) {
        // Not when a lane of ours is only closed for a moment.
        if (!running) troubles.clear();
        return LOOK_EVERY_MS;
      }
      const trouble = troubleOf(pass);
      if (trouble.failures >= MOST_FAILURES) {
        await end(
          pass,
          { state: 'stopped', detail: 'it failed again and again; see the log of the writer' },
          hands,
        );
        return 0;
      }
      const slice = await hands.read((connection) =>
        readReplaySlice(connection, pass, trouble.cut ?? sliceEvents),
      );
      if (slice.kind === 'end') {
        await end(pass, slice, hands);
        return 0;
      }
      try {
        await apply(pass, slice, hands);
      } catch (error) {
        await learn(error, pass, slice, hands);
        return stepMs;
      }
      const tookMs = performance.now() - startedAt;
      if (tookMs > stepMs) sliceEvents = Math.max(SMALLEST_SLICE, Math.floor(sliceEvents / 2));
      else if (tookMs < stepMs / 2) sliceEvents = Math.min(LARGEST_SLICE, Math.ceil(sliceEvents * 1.5));
      return Math.ceil(tookMs * (behind > BACKLOG_EVENTS ? SHARE_BEHIND_BACKLOG : SHARE));
    },
  };
}

const NOTHING_PARKED = { has: () => false };

const keyOf = ({ replayId, lane }: Pass): string => `${replayId}/${lane}`;

/**
 * Passes that wait for us, the oldest replay first, and how many events our lanes are behind. A lane that is being
 * rebuilt has to come back to the end of a pass.
 */
async function readPasses(
  connection: SingleConnection,
  { group, generation }: Membership,
  lanes: readonly OwnedLane[],
): Promise<{ passes: Pass[]; running: boolean; behind: number }> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT r.replay_id, r.lane, r.done_seq, r.done_hour, r.end_seq,
       (SELECT SUM(l.head_seq) FROM log_lanes AS l WHERE l.generation = ? AND l.lane IN (?)) AS heads
     FROM log_replay_lanes AS r JOIN log_replays AS p ON p.replay_id = r.replay_id
     WHERE r.generation = ? AND r.state = 'running' AND p.grp = ?
     ORDER BY r.replay_id, r.lane`,
    [generation, lanes.map(({ lane }) => lane), generation, group],
  );
  const passes = rows.flatMap((row): Pass[] => {
    const owned = lanes.find(({ lane }) => lane === row['lane']);
    const endSequence = Number(row['end_seq']);
    if (owned === undefined || owned.offset < endSequence) return [];
    return [
      {
        ...{ owned, group, generation, lane: owned.lane, endSequence },
        replayId: row['replay_id'] as number,
        doneSequence: Number(row['done_seq']),
        doneHour: row['done_hour'] as number,
      },
    ];
  });
  const applied = lanes.reduce((sum, { offset }) => sum + offset, 0);
  return { passes, running: rows.length > 0, behind: Number(rows[0]?.['heads'] ?? 0) - applied };
}

/** Moves the pass in the transaction that writes its slice. An operator may have stopped it meanwhile. */
async function movePass(
  transaction: SingleConnection,
  pass: Pass,
  { endSequence, endHour }: { endSequence: number; endHour: number },
  counts: { applied: number; leftOut: number; failed: number },
): Promise<void> {
  const [result] = await transaction.query<ResultSetHeader>(
    `UPDATE log_replay_lanes
     SET settled_at = IF(state = 'running' AND ? >= end_seq, SYSDATE(3), settled_at),
       state = IF(state = 'running' AND ? >= end_seq, 'done', state),
       done_seq = ?, done_hour = ?, applied = applied + ?, left_out = left_out + ?, failed = failed + ?
     WHERE replay_id = ? AND generation = ? AND lane = ? AND done_seq = ?`,
    [
      ...[endSequence, endSequence, endSequence, endHour, counts.applied, counts.leftOut, counts.failed],
      ...[pass.replayId, pass.generation, pass.lane, pass.doneSequence],
    ],
  );
  if (result.affectedRows !== 1) throw new Error(`Replay ${pass.replayId} was moved by somebody else`);
}

async function settlePass(
  transaction: SingleConnection,
  { replayId, generation, lane }: Pass,
  state: 'refused' | 'stopped',
  detail: string,
): Promise<void> {
  await transaction.query(
    `UPDATE log_replay_lanes SET state = ?, detail = ?, settled_at = SYSDATE(3)
     WHERE replay_id = ? AND generation = ? AND lane = ? AND state = 'running'`,
    [state, detail.slice(0, 255), replayId, generation, lane],
  );
}

async function listFailures(
  transaction: SingleConnection,
  { replayId, generation, lane }: Pass,
  failed: readonly ParkedEvent[],
): Promise<void> {
  if (failed.length === 0) return;
  await transaction.query(
    `INSERT INTO log_replay_failures (replay_id, generation, lane, seq, subject, cause) VALUES ?
     ON DUPLICATE KEY UPDATE cause = VALUES(cause)`,
    [
      failed.map(({ logged, refusal }) => [
        ...[replayId, generation, lane, logged.sequence, logged.event.subject],
        (refusal?.cause ?? '').slice(0, 1000),
      ]),
    ],
  );
}
