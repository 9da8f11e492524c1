import type { SingleConnection } from '@cpemon/database';
import type { LaneBatch } from '../../event-log.js';
import { planBatch, type BatchLimits } from './batch-plan.js';
import {
  eventsOf,
  readHeads,
  readHeadsWithTime,
  readLanes,
  type LaneRead,
  type ReadExtent,
} from './lane-reader.js';
import type { Membership } from '../membership/membership.js';
import type { OwnedLane } from './owned-lane.js';
import type { SteadyConnection } from '../connection/steady-connection.js';

/** One lane's part of a transaction: what the applier gets, and what was read for it. */
export interface LanePart {
  lane: OwnedLane;
  batch: LaneBatch;
  /** Undefined when only the watermark moves. */
  read: LaneRead | undefined;
}

export interface BatchReaderOptions {
  membership: Membership;
  link: SteadyConnection;
  limits: BatchLimits;
  onGap: (lane: OwnedLane) => void;
}

export interface BatchReader {
  /**
   * What the next transaction should take of these lanes; empty when there is nothing to do.
   * @param suspects lanes that are taken one at a time
   */
  next(lanes: readonly OwnedLane[], suspects: ReadonlySet<number>): Promise<LanePart[]>;
  /** What the database's clock is ahead of this host's, as seen in the last second or so; undefined at first. */
  clockAheadMs(): number | undefined;
}

/** An idle lane's watermark moves this often, so that deadlines are judged while nothing arrives. */
const TICK_MS = 1000;
const HOUR_MS = 3_600_000;
/** More events than any record holds. */
const LONGEST_RECORD_EVENTS = 100_000;

export function createBatchReader({ membership, link, limits, onGap }: BatchReaderOptions): BatchReader {
  const { generation, leaseMs } = membership;
  let nextTickAt = 0;
  /** Nothing that waits was received in a later hour than this, unless the database's clock was set ahead. */
  let untilHour: number | undefined;
  /** Lanes in trouble are looked at in every second batch, one at a time: the others must not wait for them. */
  let suspectsTurn = false;
  let clockAheadMs: number | undefined;

  const readPlanned = async (
    connection: SingleConnection,
    lanes: readonly OwnedLane[],
    extent: ReadExtent,
  ): Promise<Map<number, LaneRead>> => {
    const found = new Map<number, LaneRead>();
    const keep = async (wanted: readonly OwnedLane[], within?: number): Promise<OwnedLane[]> => {
      const positions = wanted.map(({ lane, readOffset, hour }) => ({ lane, offset: readOffset, hour }));
      const reads = await readLanes(connection, generation, positions, {
        ...extent,
        ...(within !== undefined ? { within } : untilHour === undefined ? {} : { untilHour }),
      });
      for (const read of reads) {
        if (read.eventCount > 0) found.set(read.lane, read);
      }
      return wanted.filter(({ lane }) => !found.has(lane));
    };
    if (lanes.length === 0) return found;
    const missing = await keep(lanes);
    if (missing.length === 0) return found;
    // Nothing where the head says there is something: a torn read view, a record longer than asked for or in a later hour.
    await readHeadsWithTime(connection, generation);
    const within = Math.max(extent.maxEvents, LONGEST_RECORD_EVENTS);
    for (const lane of await keep(missing, within)) onGap(lane);
    return found;
  };

  return {
    clockAheadMs: () => clockAheadMs,
    next: (lanes, suspects) =>
      link.run(leaseMs, async (connection) => {
        const now = performance.now();
        const ticking = now >= nextTickAt;
        const {
          at,
          heads,
          now: databaseNow,
        } = ticking
          ? await readHeadsWithTime(connection, generation)
          : { at: 0, now: 0, heads: await readHeads(connection, generation) };
        if (ticking) {
          untilHour = Math.floor(at / HOUR_MS) + 1;
          clockAheadMs = databaseNow - Date.now();
        }
        const headOf = ({ lane }: OwnedLane): number => heads.get(lane) ?? 0;

        const ready = lanes.filter((lane) => lane.open && !lane.held && lane.retryAt <= now);
        const suspect = ready.find(
          (lane) => suspects.has(lane.lane) && (ticking || headOf(lane) > lane.readOffset),
        );
        suspectsTurn = suspect !== undefined && !suspectsTurn;
        const candidates = suspectsTurn
          ? ready.filter((lane) => lane === suspect)
          : ready.filter((lane) => !suspects.has(lane.lane));
        const plan = planBatch(candidates, heads, limits);
        const cut = suspectsTurn ? suspect?.trouble.cut : undefined;
        const reads = await readPlanned(
          connection,
          plan.lanes,
          cut === undefined
            ? { maxEvents: plan.maxEventsPerLane }
            : { maxEvents: cut, within: Math.max(cut, LONGEST_RECORD_EVENTS), exactly: true },
        );
        // A suspect's turn leaves the tick to the others, which come next.
        if (ticking && !suspectsTurn) nextTickAt = now + TICK_MS;

        return candidates.flatMap((lane): LanePart[] => {
          const read = reads.get(lane.lane);
          const caughtUp = ticking && (read?.endOffset ?? lane.readOffset) >= headOf(lane);
          if (read === undefined && !caughtUp) return [];
          const watermark = Math.max(read?.endReceivedAt ?? 0, caughtUp ? at : 0);
          const events = eventsOf(read?.records ?? []);
          const { parked } = lane;
          const { refusals } = lane.trouble;
          const batch: LaneBatch = {
            ...{ mode: 'live', generation, lane: lane.lane, events, watermark, attemptAt: watermark },
            ...{ parked, refusals },
            ...(lane.letters === undefined ? {} : { elsewhere: lane.letters }),
          };
          return [{ lane, read, batch }];
        });
      }),
  };
}
