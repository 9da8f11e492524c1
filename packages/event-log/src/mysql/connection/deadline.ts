import type { SingleConnection } from '@cpemon/database';

/** A statement had no answer in time: whether it took effect is unknown, and its connection is gone. */
export class StatementDeadlineError extends Error {
  override readonly name = 'StatementDeadlineError';
}

/**
 * Waits for `work`, at most `deadlineMs`.
 * @param onOverdue called once when it is over the deadline, before the error
 * @throws StatementDeadlineError with `complaint` past the deadline; what `work` comes to then is nobody's concern
 */
export async function within<T>(
  deadlineMs: number,
  complaint: string,
  work: Promise<T>,
  onOverdue: () => void,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onOverdue();
      reject(new StatementDeadlineError(`${complaint} within ${deadlineMs} ms`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs `statement` on `connection` and waits at most `deadlineMs`; past that the connection is destroyed, since the
 * driver cannot take a statement back and a half-open connection never answers.
 */
export function withDeadline<T>(
  connection: SingleConnection,
  deadlineMs: number,
  statement: () => Promise<T>,
): Promise<T> {
  const complaint = 'The database did not answer';
  return within(deadlineMs, complaint, statement(), () => connection.destroy());
}
