import { grown } from './device-columns.js';

/** Fires each of a set of items at its own next time, without a timer per item: 18 bytes an item. */
export interface TimingWheel {
  /** Sets the time at which an item fires, in place of any earlier one. */
  schedule(item: number, atMs: number): void;
  /** Fires what has fallen due up to `nowMs`; the visitor may schedule the item again, later than `nowMs`. */
  advance(nowMs: number, visit: (item: number, atMs: number) => void): void;
  /** Makes room for more items. */
  resize(items: number): void;
}

const NONE = -1;
/** In `before`: the item is in no slot. */
const OUT = -2;
/** 10 ms × 8192 is 82 s a turn; an item further away is passed over until its turn comes. */
const SLOT_MS = 10;
const SLOTS = 8192;

/** @param startMs no item may be scheduled before this time */
export function createTimingWheel(items: number, startMs: number): TimingWheel {
  let atMsOf = new Float64Array(items);
  let slotOf = new Uint16Array(items);
  let next = new Int32Array(items).fill(NONE);
  let before = new Int32Array(items).fill(OUT);
  const firstInSlot = new Int32Array(SLOTS).fill(NONE);
  let slotNumber = Math.floor(startMs / SLOT_MS);

  const takeOut = (item: number): void => {
    const [earlier, later] = [before[item]!, next[item]!];
    if (earlier === NONE) firstInSlot[slotOf[item]!] = later;
    else next[earlier] = later;
    if (later !== NONE) before[later] = earlier;
    before[item] = OUT;
  };

  const schedule = (item: number, atMs: number): void => {
    if (before[item] !== OUT) takeOut(item);
    const slot = Math.max(Math.floor(atMs / SLOT_MS), slotNumber) % SLOTS;
    const first = firstInSlot[slot]!;
    atMsOf[item] = atMs;
    slotOf[item] = slot;
    next[item] = first;
    before[item] = NONE;
    if (first !== NONE) before[first] = item;
    firstInSlot[slot] = item;
  };

  const fireSlot = (slot: number, nowMs: number, visit: (item: number, atMs: number) => void): void => {
    let item = firstInSlot[slot]!;
    while (item !== NONE) {
      const following = next[item]!;
      const atMs = atMsOf[item]!;
      if (atMs <= nowMs) {
        takeOut(item);
        visit(item, atMs);
      }
      item = following;
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
    resize(size) {
      const had = atMsOf.length;
      if (size <= had) return;
      atMsOf = grown(atMsOf, size);
      slotOf = grown(slotOf, size);
      next = grown(next, size).fill(NONE, had);
      before = grown(before, size).fill(OUT, had);
    },
  };
}
