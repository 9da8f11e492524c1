import type { DatabaseAddress, SingleConnection } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';

/** One way to lay the log's events into rows: everything about it that is measured. */
export interface LogLayout {
  name: string;
  /** Tables whose files count as the layout's size. */
  tables: readonly string[];
  /** Makes or empties the tables. */
  prepare(connection: SingleConnection): Promise<void>;
  openAppender(address: DatabaseAddress): Promise<LayoutAppender>;
  readHeads(connection: SingleConnection): Promise<Map<number, number>>;
  /** Events after the offset of each lane, up to about `maxEvents` a lane, in order. */
  read(
    connection: SingleConnection,
    offsets: ReadonlyMap<number, number>,
    maxEvents: number,
  ): Promise<LaneRun[]>;
}

export interface LayoutAppender {
  /** Resolves when the events are committed. */
  append(events: readonly CpeEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** What was read of one lane. */
export interface LaneRun {
  lane: number;
  firstSeq: number;
  events: CpeEvent[];
}
