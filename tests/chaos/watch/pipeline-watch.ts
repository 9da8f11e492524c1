import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { ChaosDatabase } from '../stack/chaos-database.js';
import { pause, withinTime } from '../pause.js';
import { seenForGood } from './seen-for-good.js';

/** Head and offset of every lane at one moment, by `generation-lane`. */
export interface LaneReading {
  /** performance.now() before the statement. */
  at: number;
  heads: Map<string, number>;
  offsets: Map<string, number>;
}

/** Looks at the lanes all the time, beside the proxies. */
export interface PipelineWatch {
  latest(): LaneReading | undefined;
  /** Heads and offsets that moved back, with the position at which events come again. */
  movedBack: { position: string; detail: string }[];
  stop(): Promise<void>;
}

const EVERY_MS = 100;

export function watchPipeline(database: ChaosDatabase): PipelineWatch {
  let latest: LaneReading | undefined;
  let stopping = false;
  const movedBack: PipelineWatch['movedBack'] = [];

  const keepLooking = async (): Promise<void> => {
    let connection: SingleConnection | undefined;
    while (!stopping) {
      try {
        connection ??= await database.connect();
        const reading = await withinTime(readLanes(connection), 3000, 'a look at the lanes');
        await withinTime(seenForGood(connection), 3000, 'a mark behind it');
        if (latest !== undefined) movedBack.push(...backward(latest, reading));
        latest = reading;
      } catch {
        connection?.destroy();
        connection = undefined;
      }
      await pause(EVERY_MS);
    }
    connection?.destroy();
  };
  const looking = keepLooking();
  return {
    latest: () => latest,
    movedBack,
    stop() {
      stopping = true;
      return looking;
    },
  };
}

export async function readLanes(connection: SingleConnection): Promise<LaneReading> {
  const at = performance.now();
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT CONCAT(l.generation, '-', l.lane) AS lane, l.head_seq, GREATEST(COALESCE(o.applied_seq, 0), l.base_seq) AS applied_seq
       FROM log_lanes AS l
       LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = l.generation AND o.lane = l.lane`,
  );
  const of = (column: string): Map<string, number> =>
    new Map(rows.map((row) => [row['lane'] as string, Number(row[column])]));
  return { at, heads: of('head_seq'), offsets: of('applied_seq') };
}

function backward(before: LaneReading, now: LaneReading): PipelineWatch['movedBack'] {
  const told: PipelineWatch['movedBack'] = [];
  for (const [what, was, is] of [
    ['head', before.heads, now.heads],
    ['offset', before.offsets, now.offsets],
  ] as const) {
    for (const [lane, value] of was) {
      const later = is.get(lane);
      if (later === undefined || later >= value) continue;
      const detail = `the ${what} of the lane went from ${value} back to ${later}`;
      told.push({ position: `${lane}-${later + 1}`, detail });
    }
  }
  return told;
}

/** Whether every lane has been applied up to where its head was in `since`. */
export function appliedSince(since: LaneReading, now: LaneReading): boolean {
  return [...since.heads].every(([lane, head]) => (now.offsets.get(lane) ?? 0) >= head);
}

export const lagOf = ({ heads, offsets }: LaneReading): number =>
  [...heads].reduce((lag, [lane, head]) => lag + Math.max(0, head - (offsets.get(lane) ?? 0)), 0);
