/**
 * When to look at which device again, in buckets of a second. An entry does not move when its device reports: what
 * pops is looked at, and put back at its real deadline.
 */
export interface TimingWheel {
  /** Adds an entry for `deviceId` at `at` (epoch ms) or, if that is past, at the next bucket to pop. The bucket. */
  add(deviceId: number, at: number): number;
  /**
   * Calls `visit` for the entries of the buckets that lie wholly before `until`, oldest first, and removes them: `limit`
   * of them at most, so that a fleet that is due in one second takes several turns.
   */
  pop(until: number, limit: number, visit: (deviceId: number, bucket: number) => void): void;
  /** The bucket of a time, however long past. */
  bucketOf(at: number): number;
  size(): number;
}

const BUCKET_MS = 1000;
const FIRST_ENTRIES = 256;
/** No entry: the first of an empty chain. */
const NONE = 0xffffffff;
const bucketOf = (at: number): number => Math.floor(at / BUCKET_MS);

/** Entries lie in two typed arrays, those of a bucket chained in a ring: eight bytes a device and no object. */
export function createTimingWheel(): TimingWheel {
  let deviceIds = new Uint32Array(FIRST_ENTRIES);
  /** The entry after this one, in its bucket's ring or among the free. */
  let next = new Uint32Array(FIRST_ENTRIES);
  /** Entries from here on have never been used. */
  let fresh = 0;
  let free = NONE;
  /** The last entry of each bucket, whose next is the first. */
  const lastOf = new Map<number, number>();
  /** No bucket below this one has an entry. */
  let first = Infinity;
  let popped = -Infinity;
  let entries = 0;

  const grow = (): void => {
    const [oldIds, oldNext] = [deviceIds, next];
    deviceIds = new Uint32Array(oldIds.length * 2);
    next = new Uint32Array(oldIds.length * 2);
    deviceIds.set(oldIds);
    next.set(oldNext);
  };
  const newEntry = (deviceId: number): number => {
    let entry = free;
    if (entry !== NONE) free = next[entry]!;
    else {
      if (fresh === deviceIds.length) grow();
      entry = fresh;
      fresh += 1;
    }
    deviceIds[entry] = deviceId;
    entries += 1;
    return entry;
  };
  /** Visits the first entries of a bucket, `limit` at most. Their number. */
  const visitFirst = (
    bucket: number,
    limit: number,
    visit: (deviceId: number, bucket: number) => void,
  ): number => {
    const last = lastOf.get(bucket);
    if (last === undefined) return 0;
    let visited = 0;
    let entry = next[last]!;
    for (let more = true; more && visited < limit;) {
      const after = next[entry]!;
      const deviceId = deviceIds[entry]!;
      more = entry !== last;
      if (more) next[last] = after;
      else lastOf.delete(bucket);
      // Free before the visit, which may add an entry.
      next[entry] = free;
      free = entry;
      entries -= 1;
      visited += 1;
      entry = after;
      visit(deviceId, bucket);
    }
    return visited;
  };

  return {
    add(deviceId, at) {
      const bucket = Math.max(bucketOf(at), popped + 1);
      const entry = newEntry(deviceId);
      const last = lastOf.get(bucket);
      if (last === undefined) next[entry] = entry;
      else {
        next[entry] = next[last]!;
        next[last] = entry;
      }
      lastOf.set(bucket, entry);
      first = Math.min(first, bucket);
      return bucket;
    },
    pop(until, limit, visit) {
      const end = bucketOf(until);
      let visited = 0;
      while (first < end && entries > 0 && visited < limit) {
        const bucket = first;
        popped = bucket;
        visited += visitFirst(bucket, limit - visited, visit);
        if (lastOf.has(bucket)) popped = bucket - 1;
        else first = bucket + 1;
      }
      if (entries === 0) first = Infinity;
    },
    bucketOf,
    size: () => entries,
  };
}
