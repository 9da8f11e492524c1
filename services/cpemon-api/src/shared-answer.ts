/**
 * One answer for all who ask at about the same time: a page that a hundred people watch asks the database once.
 * A failure is shared by those who were waiting and not kept.
 * @param clock monotonic milliseconds
 */
export function shareAnswer<T>(
  ask: () => Promise<T>,
  keepMs: number,
  clock: () => number = () => performance.now(),
): () => Promise<T> {
  let kept: { answer: Promise<T>; until: number } | undefined;
  return () => {
    if (kept !== undefined && clock() < kept.until) return kept.answer;
    const answer = ask();
    const entry = { answer, until: Infinity };
    kept = entry;
    const forget = (): void => {
      if (kept === entry) kept = undefined;
    };
    answer.then(() => {
      entry.until = clock() + keepMs;
    }, forget);
    return answer;
  };
}
