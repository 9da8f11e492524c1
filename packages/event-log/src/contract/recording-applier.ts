import type { DatabasePool } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import { EventFailedError } from '../event-failed-error.js';
import type { LaneApplier, LaneBatch, LaneCounts, LaneRef, ParkedEvent, Refusal } from '../event-log.js';
import { createParkingSieve } from '../parking-sieve.js';

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
  /** Set to refuse events, as the rules of an applier do. */
  refuse: ((event: CpeEvent) => Refusal | undefined) | undefined;
  /** Set to fail whenever a batch holds such an event, naming it. */
  fail: ((id: string) => boolean) | undefined;
}

/** An applier that only writes down what it was given; its rows have no unique key, so that doubles show. */
export function createRecordingApplier(name: string): RecordingApplier {
  return {
    opened: [],
    closed: [],
    refuse: undefined,
    fail: undefined,
    openLane(lane) {
      this.opened.push(lane);
      return Promise.resolve();
    },
    closeLane(lane) {
      this.closed.push(lane);
    },
    prepare(batches: LaneBatch[]) {
      const rows: unknown[][] = [];
      const parked: ParkedEvent[] = [];
      const counts: LaneCounts[] = [];
      for (const batch of batches) {
        const { generation, lane } = batch;
        const sieve = createParkingSieve(batch);
        const devices = new Set<string>();
        for (const logged of batch.events) {
          const { sequence, event } = logged;
          if (!sieve.lets(logged)) continue;
          if (this.fail?.(event.id) === true)
            return Promise.reject(new EventFailedError(lane, sequence, `Event ${event.id} fails`));
          const refusal = this.refuse?.(event);
          if (refusal !== undefined) {
            sieve.refuse(logged, refusal);
            continue;
          }
          devices.add(event.subject);
          rows.push([lane, sequence, event.subject, event.id, name]);
        }
        parked.push(...sieve.parked);
        counts.push({ generation, lane, duplicates: 0, late: 0, devices: devices.size });
      }
      return Promise.resolve({
        counts,
        parked,
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
