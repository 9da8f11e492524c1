/** Fires each of a fixed set of items at its own next time, without a timer per item: 12 bytes an item. */
export interface TimingWheel {
  /** Sets the time at which an item fires. The item must not be waiting already. */
  schedule(item: number, atMs: number): void;
  /** Fires what has fallen due up to `nowMs`; the visitor may schedule the item again, later than `nowMs`. */
  advance(nowMs: number, visit: (item: number, atMs: number) => void): void;
}

const NONE = -1;
/** 10 ms × 8192 is 82 s a turn; an item further away is passed over until its turn comes. */
const SLOT_MS = 10;
const SLOTS = 8192;

/** @param startMs no item may be scheduled before this time */
export function createTimingWheel(items: number, startMs: number): TimingWheel {
  const atMsOf = new Float64Array(items);
  const nextInSlot = new Int32Array(items).fill(NONE);
  const firstInSlot = new Int32Array(SLOTS).fill(NONE);
  let slotNumber = Math.floor(startMs / SLOT_MS);

  const schedule = (item: number, atMs: number): void => {
    const slot = Math.max(Math.floor(atMs / SLOT_MS), slotNumber) % SLOTS;
    atMsOf[item] = atMs;
    nextInSlot[item] = firstInSlot[slot] as number;
    firstInSlot[slot] = item;
  };

  const fireSlot = (slot: number, nowMs: number, visit: (item: number, atMs: number) => void): void => {
    let item = firstInSlot[slot] as number;
    firstInSlot[slot] = NONE;
    while (item !== NONE) {
      const next = nextInSlot[item] as number;
      const atMs = atMsOf[item] as number;
      if (atMs <= nowMs) visit(item, atMs);
      else schedule(item, atMs);
      item = next;
    }
  };

  return {
    schedule,
    advance: (nowMs, visit) => {
      const target = Math.floor(nowMs / SLOT_MS);
      // After a long halt one turn over all slots reaches everything that is due.
      if (target - slotNumber > SLOTS) slotNumber = target - SLOTS;
      for (; slotNumber < target; slotNumber++) fireSlot(slotNumber % SLOTS, nowMs, visit);
      fireSlot(target % SLOTS, nowMs, visit);
    },
  };
}
