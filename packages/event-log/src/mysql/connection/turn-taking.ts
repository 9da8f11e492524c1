/** Runs one piece of work at a time, in the order asked for. */
export interface TurnTaking {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createTurnTaking(): TurnTaking {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const turn = last.then(work, work);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
