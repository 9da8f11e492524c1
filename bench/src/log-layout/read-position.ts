import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';
import type { LogLayout } from './log-layout.js';
import { numberOf } from './numbered-events.js';

/** As the writer takes them behind a backlog: one lane at a time. */
const BACKLOG_EVENTS = 16_000;

/** A reader that keeps its place in the log, and in the database with each batch, as the writer does. */
export interface ReadPosition {
  /** Events read so far. */
  read(): number;
  /** One batch of the lane that is furthest behind. */
  readBacklog(): Promise<void>;
  /** Whatever waits in any lane; the events' numbers. */
  readAll(): Promise<number[]>;
}

export function createReadPosition(
  layout: LogLayout,
  connection: SingleConnection,
  start: ReadonlyMap<number, number>,
): ReadPosition {
  const offsets = new Map(start);
  const lastOfDevice = new Map<string, number>();
  let read = 0;
  const take = async (lanes: ReadonlyMap<number, number>): Promise<number[]> => {
    const numbers: number[] = [];
    for (const run of await layout.read(connection, lanes, BACKLOG_EVENTS)) {
      const offset = offsets.get(run.lane)!;
      if (run.firstSeq !== offset + 1) throw new WrongResult(`${layout.name}: a gap in lane ${run.lane}`);
      offsets.set(run.lane, offset + run.events.length);
      for (const event of run.events) {
        const n = numberOf(event);
        const { subject } = event;
        if (n <= (lastOfDevice.get(subject) ?? -1))
          throw new WrongResult(`${layout.name}: ${subject} out of order`);
        lastOfDevice.set(subject, n);
        numbers.push(n);
      }
    }
    read += numbers.length;
    if (numbers.length > 0) await commitOffsets(connection, offsets, [...lanes.keys()]);
    return numbers;
  };
  const behind = async (): Promise<[number, number][]> => {
    const heads = await layout.readHeads(connection);
    return [...offsets]
      .map(([lane, offset]): [number, number] => [lane, (heads.get(lane) ?? 0) - offset])
      .filter(([, lag]) => lag > 0)
      .sort((a, b) => b[1] - a[1]);
  };
  return {
    read: () => read,
    async readBacklog() {
      const [furthest] = await behind();
      if (furthest !== undefined) await take(new Map([[furthest[0], offsets.get(furthest[0])!]]));
    },
    async readAll() {
      const lanes = (await behind()).map(([lane]): [number, number] => [lane, offsets.get(lane)!]);
      return lanes.length === 0 ? [] : take(new Map(lanes));
    },
  };
}

async function commitOffsets(
  connection: SingleConnection,
  offsets: ReadonlyMap<number, number>,
  lanes: readonly number[],
): Promise<void> {
  await connection.query(
    `INSERT INTO bench_read_offsets (grp, generation, lane, applied_seq) VALUES ?
     ON DUPLICATE KEY UPDATE applied_seq = VALUES(applied_seq)`,
    [lanes.map((lane) => ['bench', 1, lane, offsets.get(lane)])],
  );
}
