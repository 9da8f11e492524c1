/**
 * Runs at most so many pieces of work at once; the others wait, first come first served.
 * @returns a function that runs a piece of work in its turn
 */
export function createTurns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  const next = (): void => {
    const begin = waiting.shift();
    if (begin === undefined) running -= 1;
    else begin();
  };
  return (work) => {
    if (running < atOnce) {
      running += 1;
      return work().finally(next);
    }
    return new Promise<void>((resolve) => waiting.push(resolve)).then(() => work().finally(next));
  };
}
