/** One report of one device. */
export interface Report {
  device: number;
  /** When the device wanted to report, epoch milliseconds. */
  dueMs: number;
  /** Bits of INFORM_EVENTS; 0: it was simply time. */
  events: number;
  /** An attempt may have been stored although nobody said so. */
  inDoubt: boolean;
  /** Who it counts for in truth since it was sent; absent: not sent yet. A clone's reports count for its original. */
  countedFor?: number;
}
