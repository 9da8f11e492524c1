/** Looks at the heap twenty times in a run. */
export interface HeapWatch {
  /** @param share of the time that is over, 0 to 1 */
  look(index: number, share: number): void;
  /** Whether the second half of the run ended with a heap that the first did not need. */
  isGrowing(): boolean;
  text(): string;
}

const LOOKS = 20;
/** A heap breathes by some MiB; what leaks a kilobyte an input has grown by hundreds at the end. */
const BREATH_BYTES = 24 * 1024 * 1024;
const MIB = 1024 * 1024;

/** Where the program was started with `--expose-gc` it counts what is left after a collection, else it only looks. */
export function createHeapWatch(inputs: number): HeapWatch {
  const collect = (globalThis as { gc?: () => void }).gc;
  const seen: number[] = [];
  return {
    look(index, share) {
      const passed = Math.max(index / inputs, share);
      if (passed * LOOKS < seen.length) return;
      collect?.();
      seen.push(process.memoryUsage().heapUsed);
    },
    isGrowing() {
      if (collect === undefined || seen.length < LOOKS / 2) return false;
      const firstHalf = seen.slice(0, seen.length >> 1);
      return seen.at(-1)! > Math.max(...firstHalf) + BREATH_BYTES;
    },
    text: () => seen.map((bytes) => (bytes / MIB).toFixed(0)).join(' ') + ' MiB',
  };
}
