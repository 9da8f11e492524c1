/**
 * Finds slots by a hash of 32 bits: open addressing in two typed arrays, 8 bytes a place. Several slots may have the
 * same hash; whoever asks compares.
 */
export interface SlotIndex {
  /** The first place with this hash, or the next after `place`; -1 when there is none. */
  find(hash: number, place?: number): number;
  slotAt(place: number): number;
  add(hash: number, slot: number): void;
  /** Takes out the slot that was added with this hash, if it was. */
  remove(hash: number, slot: number): void;
  bytes(): number;
}

const FIRST_PLACES = 1024;
const FULLEST = 0.75;

export function createSlotIndex(): SlotIndex {
  let hashes = new Uint32Array(FIRST_PLACES);
  /** Slot + 1; 0: free. */
  let slots = new Uint32Array(FIRST_PLACES);
  let mask = FIRST_PLACES - 1;
  let count = 0;

  const put = (hash: number, slot: number): void => {
    let place = hash & mask;
    while (slots[place] !== 0) place = (place + 1) & mask;
    hashes[place] = hash;
    slots[place] = slot + 1;
  };
  const grow = (): void => {
    const [oldHashes, oldSlots] = [hashes, slots];
    hashes = new Uint32Array(oldSlots.length * 2);
    slots = new Uint32Array(oldSlots.length * 2);
    mask = slots.length - 1;
    for (let place = 0; place < oldSlots.length; place += 1) {
      if (oldSlots[place] !== 0) put(oldHashes[place]!, oldSlots[place]! - 1);
    }
  };
  const find = (hash: number, after = -1): number => {
    let place = after < 0 ? hash & mask : (after + 1) & mask;
    while (slots[place] !== 0) {
      if (hashes[place] === hash) return place;
      place = (place + 1) & mask;
    }
    return -1;
  };

  return {
    find,
    slotAt: (place) => slots[place]! - 1,
    add(hash, slot) {
      if (count >= slots.length * FULLEST) grow();
      count += 1;
      put(hash, slot);
    },
    remove(hash, slot) {
      let hole = find(hash);
      while (hole >= 0 && slots[hole] !== slot + 1) hole = find(hash, hole);
      if (hole < 0) return;
      count -= 1;
      // What follows moves up, unless it would come to lie before the place where the search for it begins.
      for (let place = (hole + 1) & mask; slots[place] !== 0; place = (place + 1) & mask) {
        const distance = (place - hashes[place]!) & mask;
        if (distance < ((place - hole) & mask)) continue;
        hashes[hole] = hashes[place]!;
        slots[hole] = slots[place]!;
        hole = place;
      }
      slots[hole] = 0;
    },
    bytes: () => slots.length * 8,
  };
}
