import type { SingleConnection } from '@cpemon/database';

/** A statement had no answer in time: whether it took effect is unknown, and its connection is gone. */
export class StatementDeadlineError extends Error {
  override readonly name = 'StatementDeadlineError';
}

/**
 * Runs `statement` on `connection` and waits at most `deadlineMs`; past that the connection is destroyed, since the
 * driver cannot take a statement back and a half-open connection never answers.
 */
export async function withDeadline<T>(
  connection: SingleConnection,
  deadlineMs: number,
  statement: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      connection.destroy();
      reject(new StatementDeadlineError(`The database did not answer within ${deadlineMs} ms`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([statement(), overdue]);
  } finally {
    clearTimeout(timer);
  }
}
