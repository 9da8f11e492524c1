import { BLOCK_SLOTS } from './text-blocks.js';

/** Slots for keys of devices, which are numbers with holes: each run of 64 keys gets a block when one of them comes. */
export interface SlotPages {
  /** The slot of a key; -1 when its run has none. */
  slotOf(key: number): number;
  giveSlot(key: number): number;
  /** Block of a run; -1 for none. */
  blockOf(run: number): number;
  /** One more than the highest run that has a block. */
  runs(): number;
}

export function createSlotPages(): SlotPages {
  let blocks = new Int32Array(1024).fill(-1);
  let runs = 0;
  let given = 0;
  const blockOf = (run: number): number => (run < runs ? blocks[run]! : -1);
  return {
    blockOf,
    slotOf(key) {
      const block = blockOf(Math.floor(key / BLOCK_SLOTS));
      return block < 0 ? -1 : block * BLOCK_SLOTS + (key % BLOCK_SLOTS);
    },
    giveSlot(key) {
      const run = Math.floor(key / BLOCK_SLOTS);
      if (run >= blocks.length) {
        const longer = new Int32Array(Math.max(blocks.length * 2, run + 1)).fill(-1);
        longer.set(blocks);
        blocks = longer;
      }
      if (blocks[run]! < 0) {
        blocks[run] = given;
        given += 1;
      }
      runs = Math.max(runs, run + 1);
      return blocks[run]! * BLOCK_SLOTS + (key % BLOCK_SLOTS);
    },
    runs: () => runs,
  };
}
