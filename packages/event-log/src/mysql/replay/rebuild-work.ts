import type { SingleConnection } from '@cpemon/database';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import type { LaneApplier } from '../../event-log.js';
import { readAppliedGeneration, readLowWaterHour } from './applied-generation.js';
import { readSkipAfter } from './elsewhere.js';
import type { LaneWork, OwnerHands } from '../consume/lane-work.js';
import type { Membership } from '../membership/membership.js';
import type { OwnedLane } from '../consume/owned-lane.js';
import { refusalToRebuild } from './rebuilds.js';

export interface RebuildWorkOptions {
  applier: LaneApplier;
  /** Rows removed in one transaction. */
  rowsAStep?: number;
}

/** A rebuild that is not settled, of a lane of ours. */
interface OpenRebuild {
  id: number;
  owned: OwnedLane;
  state: 'asked' | 'clearing' | 'applying';
  untilSequence: number;
}

const LOOK_EVERY_MS = 1000;
const APPLYING_LOOK_MS = 200;
const ROWS_A_STEP = 2000;

/**
 * Rebuilds lanes of ours: what was derived from their events is removed in bounded transactions while their live stream
 * stands still; then the offset goes back to where the lane begins, and the stream applies everything again. Whoever
 * owns the lane goes on where the last owner stopped.
 */
export function createRebuildWork({ applier, rowsAStep = ROWS_A_STEP }: RebuildWorkOptions): LaneWork {
  /** What is remembered of the lane is void: the next batch opens it again. */
  const close = (lane: OwnedLane, { generation }: Membership): void => {
    if (lane.open) applier.closeLane({ generation, lane: lane.lane });
    lane.open = false;
  };

  const begin = async ({ id, owned }: OpenRebuild, hands: OwnerHands): Promise<void> => {
    let refusal: string | undefined;
    await hands.transact({
      lanes: [owned],
      async write(transaction) {
        refusal = await whyNot(transaction, hands.membership, applier);
        await transaction.query(
          `UPDATE log_rebuilds SET state = ?, detail = ?, until_seq = ?, settled_at = IF(? = 'refused', SYSDATE(3), NULL)
           WHERE rebuild_id = ? AND state = 'asked'`,
          refusal === undefined
            ? ['clearing', '', owned.offset, '', id]
            : ['refused', refusal.slice(0, 255), null, 'refused', id],
        );
      },
    });
    if (refusal === undefined) close(owned, hands.membership);
  };

  const clear = async ({ id, owned }: OpenRebuild, hands: OwnerHands): Promise<void> => {
    const { membership } = hands;
    let left = true;
    await hands.transact({
      lanes: [owned],
      async write(transaction) {
        const parked = await removeParked(transaction, membership, owned.lane, rowsAStep);
        const place = { generation: membership.generation, lane: owned.lane };
        const removed = (await applier.clearLane?.(place, transaction, rowsAStep)) ?? 0;
        left = parked + removed > 0;
        if (!left) await startOver(transaction, membership, owned, id);
      },
    });
    if (!left) close(owned, membership);
  };

  /** Past a hole that an operator had skipped; the stream stops there. */
  const skipAgain = async ({ owned, untilSequence }: OpenRebuild, hands: OwnerHands): Promise<void> => {
    const { offset } = owned;
    if (offset !== owned.readOffset) return;
    const { group, generation } = hands.membership;
    const place = { group, generation, lane: owned.lane, after: offset };
    const to = await hands.read((connection) => readSkipAfter(connection, place));
    if (to === null || to > untilSequence) return;
    await hands.transact({
      lanes: [owned],
      moves: new Map([[owned.lane, { toOffset: to, skipped: to - offset }]]),
    });
    owned.retryAt = 0;
  };

  const finish = async ({ id, owned }: OpenRebuild, hands: OwnerHands): Promise<void> => {
    await hands.transact({
      lanes: [owned],
      async write(transaction) {
        await transaction.query(
          "UPDATE log_rebuilds SET state = 'done', settled_at = SYSDATE(3) WHERE rebuild_id = ? AND state = 'applying'",
          [id],
        );
      },
    });
  };

  return {
    onHeldLanes: true,
    async step(lanes, hands) {
      const open = await hands.read((connection) => readOpenRebuilds(connection, hands.membership, lanes));
      for (const rebuild of open) {
        if (rebuild.state !== 'applying' || !rebuild.owned.open) continue;
        if (rebuild.owned.offset >= rebuild.untilSequence) await finish(rebuild, hands);
        else await skipAgain(rebuild, hands);
      }
      const next = open.find(({ state }) => state !== 'applying');
      if (next === undefined) return open.length > 0 ? APPLYING_LOOK_MS : LOOK_EVERY_MS;
      if (!next.owned.open) return 0;
      if (next.state === 'asked') await begin(next, hands);
      else await clear(next, hands);
      return 0;
    },
  };
}

/** Lanes whose derived rows are being removed: nobody may apply anything in them. */
export async function readLanesBeingCleared(
  connection: SingleConnection,
  { group, generation }: Membership,
): Promise<Set<number>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT lane FROM log_rebuilds WHERE grp = ? AND generation = ? AND state = 'clearing'",
    [group, generation],
  );
  return new Set(rows.map((row) => row['lane'] as number));
}

async function readOpenRebuilds(
  connection: SingleConnection,
  { group, generation }: Membership,
  lanes: readonly OwnedLane[],
): Promise<OpenRebuild[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT rebuild_id, lane, state, COALESCE(until_seq, 0) AS until_seq FROM log_rebuilds
     WHERE grp = ? AND generation = ? AND lane IN (?) AND state IN ('asked', 'clearing', 'applying')
     ORDER BY state = 'asked', rebuild_id`,
    [group, generation, lanes.map(({ lane }) => lane)],
  );
  return rows.map((row) => ({
    id: row['rebuild_id'] as number,
    owned: lanes.find(({ lane }) => lane === row['lane'])!,
    state: row['state'] as OpenRebuild['state'],
    untilSequence: Number(row['until_seq']),
  }));
}

/** Judged once more under the lane's fence, which retention waits for: from here on it keeps what a rebuild needs. */
async function whyNot(
  transaction: SingleConnection,
  { group }: Membership,
  applier: LaneApplier,
): Promise<string | undefined> {
  if (applier.clearLane === undefined) return 'this group has nothing that could be cleared';
  const applied = await readAppliedGeneration(transaction, group);
  return refusalToRebuild(await readLowWaterHour(transaction), applied)?.message;
}

/** Copies of events that the stream will meet again, and park again if they still cannot be applied. */
async function removeParked(
  transaction: SingleConnection,
  { group, generation }: Membership,
  lane: number,
  maxRows: number,
): Promise<number> {
  const [result] = await transaction.query<ResultSetHeader>(
    'DELETE FROM log_parked WHERE grp = ? AND generation = ? AND lane = ? ORDER BY seq LIMIT ?',
    [group, generation, lane, maxRows],
  );
  if (result.affectedRows > 0) {
    await transaction.query(
      `UPDATE log_offsets SET parked_events = IF(parked_events > ?, parked_events - ?, 0)
       WHERE grp = ? AND generation = ? AND lane = ?`,
      [result.affectedRows, result.affectedRows, group, generation, lane],
    );
  }
  return result.affectedRows;
}

/** The offset goes back to where the lane begins. The counters are of positions up to it, so they begin anew as well. */
async function startOver(
  transaction: SingleConnection,
  { group, generation }: Membership,
  { lane, offset }: OwnedLane,
  rebuildId: number,
): Promise<void> {
  await transaction.query(
    `UPDATE log_offsets AS o JOIN log_lanes AS l ON l.generation = o.generation AND l.lane = o.lane
     SET o.applied_seq = l.base_seq, o.applied_hour = 0, o.watermark = NULL, o.rebuild_seq = ?,
       o.duplicates = 0, o.late = 0, o.quarantined = 0, o.erased = 0, o.applied_bytes = 0, o.parked_events = 0, o.parked_devices = 0,
       o.dead_letters = 0, o.discarded = 0, o.skipped = 0
     WHERE o.grp = ? AND o.generation = ? AND o.lane = ?`,
    [offset, group, generation, lane],
  );
  await transaction.query(
    "UPDATE log_rebuilds SET state = 'applying', until_seq = ? WHERE rebuild_id = ? AND state = 'clearing'",
    [offset, rebuildId],
  );
}
