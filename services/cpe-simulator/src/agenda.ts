/** Things to do at a time, by time slot; for what happens to few devices, while the wheel has what all of them do. */
export interface Agenda {
  add(atMs: number, what: () => void): void;
  /** Does what has fallen due. */
  advance(nowMs: number): void;
}

const SLOT_MS = 20;

export function createAgenda(startMs: number): Agenda {
  const slots = new Map<number, (() => void)[]>();
  let slotNumber = Math.floor(startMs / SLOT_MS);
  return {
    add(atMs, what) {
      // Rounded up, so that nothing is done before its time.
      const slot = Math.max(Math.ceil(atMs / SLOT_MS), slotNumber);
      const there = slots.get(slot);
      if (there === undefined) slots.set(slot, [what]);
      else there.push(what);
    },
    advance(nowMs) {
      const last = Math.floor(nowMs / SLOT_MS);
      while (slotNumber <= last) {
        const slot = slotNumber;
        // First, so that what is added for this moment while it is done comes into a slot that is still to come.
        slotNumber += 1;
        const due = slots.get(slot);
        if (due === undefined) continue;
        slots.delete(slot);
        for (const what of due) what();
      }
    },
  };
}
