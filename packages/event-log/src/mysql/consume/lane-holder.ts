import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { LaneApplier, LaneRef } from '../../event-log.js';
import { readLettersOfLane } from '../replay/elsewhere.js';
import type { Membership } from '../membership/membership.js';
import { newOwnedLane, type OwnedLane } from './owned-lane.js';
import { loadParkedDevices } from '../parking/parked-rows.js';
import { readLanesBeingCleared } from '../replay/rebuild-work.js';
import type { SteadyConnection } from '../connection/steady-connection.js';

/** The lanes this process owns, and what the applier remembers of them. */
export interface LaneHolder {
  all(): OwnedLane[];
  get(lane: number): OwnedLane | undefined;
  add(lane: number, epoch: number): void;
  /** Forgets lanes; what was remembered of them is void. */
  drop(lanes: readonly OwnedLane[]): void;
  /** Keeps the lanes but forgets what was remembered of them: the next batch opens them again. */
  close(lanes: readonly OwnedLane[]): void;
  /** Opens what is not open: reads the positions and lets the applier load what it needs. */
  openAll(link: SteadyConnection): Promise<void>;
}

export function createLaneHolder(membership: Membership, applier: LaneApplier): LaneHolder {
  const owned = new Map<number, OwnedLane>();
  const refOf = ({ lane }: OwnedLane): LaneRef => ({ generation: membership.generation, lane });

  const close = (lanes: readonly OwnedLane[]): void => {
    for (const lane of lanes) {
      if (lane.open) applier.closeLane(refOf(lane));
      lane.open = false;
    }
  };

  return {
    all: () => [...owned.values()],
    get: (lane) => owned.get(lane),
    add(lane, epoch) {
      owned.set(lane, newOwnedLane(lane, epoch));
    },
    drop(lanes) {
      close(lanes);
      for (const lane of lanes) if (owned.get(lane.lane) === lane) owned.delete(lane.lane);
    },
    close,
    async openAll(link) {
      const closed = [...owned.values()].filter((lane) => !lane.open);
      if (closed.length === 0) return;
      const rows = await link.run(membership.leaseMs, (connection) =>
        readPositions(connection, membership, closed),
      );
      for (const row of rows) {
        const lane = closed.find((candidate) => candidate.lane === row['lane']);
        if (lane === undefined) continue;
        lane.offset = lane.readOffset = Number(row['applied_seq']);
        lane.hour = Number(row['applied_hour']);
        lane.watermark = Number(row['watermark_ms'] ?? 0);
        const rebuiltTo = Number(row['rebuild_seq']);
        await link.run(membership.leaseMs, async (connection) => {
          lane.parked = await loadParkedDevices(connection, membership, lane.lane);
          lane.held = (await readLanesBeingCleared(connection, membership)).has(lane.lane);
          const stretch = { ...membership, lane: lane.lane, after: lane.offset, upTo: rebuiltTo };
          lane.letters = lane.offset < rebuiltTo ? await readLettersOfLane(connection, stretch) : undefined;
        });
        await applier.openLane(refOf(lane));
        lane.open = true;
      }
    },
  };
}

/** Locking, so that a transaction of ours whose answer was lost has ended before anything is loaded again. */
async function readPositions(
  connection: SingleConnection,
  { group, generation }: Membership,
  lanes: readonly OwnedLane[],
): Promise<RowDataPacket[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT lane, applied_seq, applied_hour, rebuild_seq, CAST(UNIX_TIMESTAMP(watermark) * 1000 AS UNSIGNED) AS watermark_ms
     FROM log_offsets WHERE grp = ? AND generation = ? AND lane IN (?) FOR UPDATE`,
    [group, generation, lanes.map(({ lane }) => lane)],
  );
  return rows;
}
