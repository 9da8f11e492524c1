import type { Connection, DatabasePool } from '@cpemon/database';
import { OperatorError } from '@cpemon/event-log';
import { RequestProblem } from './routes/request-problem.js';

/** Runs a read that must be over within the deadline; what hangs costs one connection, which is thrown away. */
export type DatabaseReader = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** The database did not answer a question in time, or not at all. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

export function createDatabaseReader(
  pool: Pick<DatabasePool, 'getConnection'>,
  deadlineMs: number,
): DatabaseReader {
  return async (work) => {
    let timer: NodeJS.Timeout | undefined;
    let abandoned = false;
    let destroy = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        abandoned = true;
        destroy();
        reject(new DatabaseUnavailableError(`The database did not answer within ${deadlineMs} ms`));
      }, deadlineMs);
    });
    const answered = (async () => {
      const connection = await pool.getConnection();
      destroy = () => connection.destroy();
      try {
        if (abandoned) throw new Error('too late');
        return await work(connection);
      } finally {
        if (abandoned) connection.destroy();
        else connection.release();
      }
    })();
    // Whoever loses the race is not waited for.
    answered.catch(() => undefined);
    try {
      return await Promise.race([answered, late]);
    } catch (error) {
      if (isAnswer(error)) throw error;
      if (isForeignText(error)) {
        const detail = 'A text has characters that no serial number or name of this kind has.';
        throw new RequestProblem(400, 'invalid_parameter', detail);
      }
      throw new DatabaseUnavailableError('The database could not answer', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
}

/** ER_CANT_AGGREGATE_2COLLATIONS and its kin: a text was compared with a column of ASCII, and is none. */
const FOREIGN_TEXT = new Set([1267, 1270, 1271, 3988]);
const isForeignText = (error: unknown): boolean =>
  FOREIGN_TEXT.has((error as { errno?: number } | null)?.errno ?? 0);

/** What says something to whoever asked, and not of the database. */
const isAnswer = (error: unknown): boolean =>
  error instanceof DatabaseUnavailableError ||
  error instanceof OperatorError ||
  error instanceof RequestProblem;
