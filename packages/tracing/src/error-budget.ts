/** Errors a second that get a span although their traces are not recorded: enough to see what kind they are. */
const ERRORS_A_SECOND = 20;

/** @param clock monotonic milliseconds */
export function createErrorBudget(clock: () => number = () => performance.now()): () => boolean {
  let second = -1;
  let told = 0;
  return () => {
    const now = Math.floor(clock() / 1000);
    if (now !== second) {
      second = now;
      told = 0;
    }
    told += 1;
    return told <= ERRORS_A_SECOND;
  };
}
