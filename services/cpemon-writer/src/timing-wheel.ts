/**
 * When to look at which device again, in buckets of a second. An entry does not move when its device reports: what
 * pops is looked at, and put back at its real deadline.
 */
export interface TimingWheel {
  /** Adds an entry for `deviceId` at `at` (epoch ms) or, if that is past, at the next bucket to pop. The bucket. */
  add(deviceId: number, at: number): number;
  /**
   * Calls `visit` for the entries of the buckets that lie wholly before `until`, oldest first, and removes them. Stops
   * after the bucket that brings their number to `limit`.
   */
  pop(until: number, limit: number, visit: (deviceId: number, bucket: number) => void): void;
  /** The bucket of a time, however long past. */
  bucketOf(at: number): number;
  size(): number;
}

const BUCKET_MS = 1000;
const bucketOf = (at: number): number => Math.floor(at / BUCKET_MS);

export function createTimingWheel(): TimingWheel {
  const buckets = new Map<number, number[]>();
  /** No bucket below this one has an entry. */
  let first = Infinity;
  let popped = -Infinity;
  let entries = 0;
  return {
    add(deviceId, at) {
      const bucket = Math.max(bucketOf(at), popped + 1);
      const list = buckets.get(bucket);
      if (list === undefined) buckets.set(bucket, [deviceId]);
      else list.push(deviceId);
      first = Math.min(first, bucket);
      entries += 1;
      return bucket;
    },
    pop(until, limit, visit) {
      const end = bucketOf(until);
      let visited = 0;
      while (first < end && entries > 0 && visited < limit) {
        const bucket = first;
        const list = buckets.get(bucket);
        buckets.delete(bucket);
        popped = bucket;
        first = bucket + 1;
        if (list === undefined) continue;
        entries -= list.length;
        visited += list.length;
        for (const deviceId of list) visit(deviceId, bucket);
      }
      if (entries === 0) first = Infinity;
    },
    bucketOf,
    size: () => entries,
  };
}
