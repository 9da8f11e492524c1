import type { SingleConnection } from '@cpemon/database';
import { decideShare, type LaneOwnership } from './fair-share.js';
import type { LaneHolder } from '../consume/lane-holder.js';
import { claimLane, liveMembers, readOwnership, releaseLanes, type Membership } from './membership.js';
import type { OwnedLane } from '../consume/owned-lane.js';

export interface RebalanceOptions {
  membership: Membership;
  holder: LaneHolder;
  /** Runs work between two batches. */
  betweenBatches: <T>(work: () => Promise<T>) => Promise<T>;
  onMove: (move: { claimed: number[]; released: number[]; lost: number[] }) => void;
}

const LOCK_WAIT_TIMEOUT = 1205;

/** One round: drops lanes that others took, gives up what is more than a fair share, claims what is missing. */
export async function rebalance(connection: SingleConnection, options: RebalanceOptions): Promise<void> {
  const { membership, holder, betweenBatches } = options;
  const members = await liveMembers(connection, membership);
  if (!members.includes(membership.member)) return;
  const table = await readOwnership(connection, membership);
  const isOurs = (seen: LaneOwnership): boolean =>
    seen.owner === membership.member && holder.get(seen.lane)?.epoch === seen.epoch;

  const lost = holder.all().filter((lane) => !table.some((seen) => seen.lane === lane.lane && isOurs(seen)));
  if (lost.length > 0) await betweenBatches(() => Promise.resolve(holder.drop(lost)));

  // A lane under our name that we do not hold is free: its ownership was thrown away with an error.
  const byLane = new Map(table.map((seen) => [seen.lane, seen]));
  const ownership = table.map((seen) =>
    seen.owner === membership.member && !isOurs(seen) ? { ...seen, owner: null } : seen,
  );
  const { claim, release } = decideShare(membership.member, members, ownership);

  const released = release
    .map(({ lane }) => holder.get(lane))
    .filter((lane): lane is OwnedLane => lane !== undefined);
  if (released.length > 0) {
    await betweenBatches(() => Promise.resolve(holder.drop(released)));
    await releaseLanes(connection, membership, released);
  }

  const claimed: number[] = [];
  for (const { lane } of claim) {
    const epoch = await claimUnlessLocked(connection, membership, byLane.get(lane) as LaneOwnership);
    if (epoch === null) continue;
    holder.add(lane, epoch);
    claimed.push(lane);
  }
  // What stays under our name without being held would be applied by nobody: others see a live owner.
  const orphans = table.filter((seen) => seen.owner === membership.member && !isOurs(seen));
  await releaseLanes(connection, membership, orphans);

  if (claimed.length + released.length + lost.length > 0) {
    options.onMove({ claimed, released: released.map(laneOf), lost: lost.map(laneOf) });
  }
}

const laneOf = ({ lane }: OwnedLane): number => lane;

/** A lane whose last owner still holds its row comes free when the server ends that session; the next round tries again. */
async function claimUnlessLocked(
  connection: SingleConnection,
  membership: Membership,
  seen: LaneOwnership,
): Promise<number | null> {
  try {
    return await claimLane(connection, membership, seen);
  } catch (error) {
    if ((error as { errno?: number }).errno === LOCK_WAIT_TIMEOUT) return null;
    throw error;
  }
}
