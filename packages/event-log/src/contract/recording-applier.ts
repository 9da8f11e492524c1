import type { DatabasePool } from '@cpemon/database';
import type { LaneApplier, LaneBatch, LaneRef } from '../event-log.js';

/** Where the recording applier writes: a row for every event it applies, in the order of `n`. */
export async function createRecordingTable(pool: DatabasePool): Promise<void> {
  await pool.query(
    `CREATE TABLE recorded (
       n BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, lane SMALLINT UNSIGNED NOT NULL, seq BIGINT UNSIGNED NOT NULL,
       device VARCHAR(64) NOT NULL, id VARCHAR(64) NOT NULL, applied_by VARCHAR(64) NOT NULL)`,
  );
}

export interface RecordingApplier extends LaneApplier {
  opened: LaneRef[];
  closed: LaneRef[];
  /** Set to make the next calls of `prepare` fail for batches that hold such an event. */
  refuse: ((id: string) => boolean) | undefined;
}

/** An applier that only writes down what it was given; its rows have no unique key, so that doubles show. */
export function createRecordingApplier(name: string): RecordingApplier {
  return {
    opened: [],
    closed: [],
    refuse: undefined,
    openLane(lane) {
      this.opened.push(lane);
      return Promise.resolve();
    },
    closeLane(lane) {
      this.closed.push(lane);
    },
    prepare(batches: LaneBatch[]) {
      const rows = batches.flatMap((batch) =>
        [...batch.events].map(({ sequence, event }) => [batch.lane, sequence, event.subject, event.id, name]),
      );
      const refused = rows.find((row) => this.refuse?.(row[3] as string));
      if (refused !== undefined) return Promise.reject(new Error(`Event ${String(refused[3])} is refused`));
      return Promise.resolve({
        counts: batches.map(({ generation, lane }) => ({ generation, lane, duplicates: 0, late: 0 })),
        async write(transaction) {
          if (rows.length === 0) return;
          await transaction.query('INSERT INTO recorded (lane, seq, device, id, applied_by) VALUES ?', [
            rows,
          ]);
        },
        committed: () => undefined,
      });
    },
  };
}
