/** Numbers for what lies in cells: where it lies, whether somebody works with it, whether it was used lately. */
export interface Slots {
  /** A slot that `user` works with. */
  add(user: number): number;
  remove(slot: number): void;
  address(slot: number): number;
  setAddress(slot: number, address: number): void;
  /** Whoever works with it now; -1: nobody. What was worked with counts as used lately. */
  setUser(slot: number, user: number): void;
  user(slot: number): number;
  /**
   * A slot that nobody works with, and nobody has since the hand of the clock came by last (the CLOCK of operating
   * systems); -1 when somebody works with each.
   */
  leastUsed(): number;
  size(): number;
  bytes(): number;
}

const FIRST_SLOTS = 1024;
/** Marks of a slot that is taken and that nobody works with. */
const AT_REST = 1;
const USED_LATELY = 2;

const markOf = (user: number): number => (user < 0 ? AT_REST | USED_LATELY : 0);

export function createSlots(): Slots {
  let addresses = new Uint32Array(FIRST_SLOTS);
  let marks = new Uint8Array(FIRST_SLOTS);
  let users = new Int32Array(FIRST_SLOTS);
  /** Slots from here on have never been taken. */
  let fresh = 0;
  /** The first of a chain of free slots through `addresses`; -1 when there is none. */
  let free = -1;
  let size = 0;
  let hand = 0;

  const grow = (): void => {
    const [oldAddresses, oldMarks, oldUsers] = [addresses, marks, users];
    addresses = new Uint32Array(oldMarks.length * 2);
    marks = new Uint8Array(oldMarks.length * 2);
    users = new Int32Array(oldMarks.length * 2);
    addresses.set(oldAddresses);
    marks.set(oldMarks);
    users.set(oldUsers);
  };

  return {
    add(user) {
      let slot = free;
      if (slot >= 0) free = addresses[slot]! - 1;
      else {
        if (fresh === marks.length) grow();
        slot = fresh;
        fresh += 1;
      }
      users[slot] = user;
      marks[slot] = markOf(user);
      size += 1;
      return slot;
    },
    remove(slot) {
      marks[slot] = 0;
      addresses[slot] = free + 1;
      free = slot;
      size -= 1;
    },
    address: (slot) => addresses[slot]!,
    setAddress(slot, address) {
      addresses[slot] = address;
    },
    setUser(slot, user) {
      users[slot] = user;
      marks[slot] = markOf(user);
    },
    user: (slot) => users[slot]!,
    leastUsed() {
      // The first turn may only take marks away.
      for (let steps = 0; steps <= 2 * fresh; steps += 1) {
        const slot = hand;
        hand = slot + 1 < fresh ? slot + 1 : 0;
        if (marks[slot] === AT_REST) return slot;
        marks[slot]! &= AT_REST;
      }
      return -1;
    },
    size: () => size,
    bytes: () => marks.length * 9,
  };
}
