import { connect, type DatabaseAddress, type SingleConnection } from '@cpemon/database';
import { withDeadline, within } from './deadline.js';

/**
 * One connection that is made when needed, pinged while idle and thrown away after any failure. The server drops its
 * session after `sessionMs` of silence, so that a stopped process or a half-open link holds no lock longer.
 */
export interface SteadyConnection {
  /** Runs `work` with the connection; statements in it have no other deadline than the whole: `deadlineMs`. */
  run<T>(deadlineMs: number, work: (connection: SingleConnection) => Promise<T>): Promise<T>;
  /** Throws the connection away; the next `run` makes a new one. */
  discard(): void;
  close(): Promise<void>;
}

export interface SteadyConnectionOptions {
  address: DatabaseAddress;
  /** Milliseconds of silence after which the server ends the session and frees its locks. */
  sessionMs: number;
  lockWaitMs: number;
  /** Statements that every new connection begins with. */
  onConnect?: (connection: SingleConnection) => Promise<void>;
}

export function createSteadyConnection(options: SteadyConnectionOptions): SteadyConnection {
  let current: SingleConnection | undefined;
  let busy = false;
  let closed = false;

  const discard = (): void => {
    current?.destroy();
    current = undefined;
  };

  const make = async (): Promise<SingleConnection> => {
    const made = await connect(options.address, {
      abandonedAfterSeconds: options.sessionMs / 1000,
      lockWaitSeconds: options.lockWaitMs / 1000,
    });
    try {
      await options.onConnect?.(made);
    } catch (error) {
      made.destroy();
      throw error;
    }
    return made;
  };

  /** A server can fall silent after the handshake, before it has answered the session statements. */
  const openWithin = async (deadlineMs: number): Promise<SingleConnection> => {
    if (current !== undefined) return current;
    const making = make();
    current = await within(deadlineMs, 'No connection to the database', making, () => {
      making.then(
        (late) => late.destroy(),
        () => undefined,
      );
    });
    return current;
  };

  const run = async <T>(
    deadlineMs: number,
    work: (connection: SingleConnection) => Promise<T>,
  ): Promise<T> => {
    if (closed) throw new Error('The connection is closed');
    busy = true;
    try {
      const connection = await openWithin(deadlineMs);
      return await withDeadline(connection, deadlineMs, () => work(connection));
    } catch (error) {
      discard();
      throw error;
    } finally {
      busy = false;
    }
  };

  const pinger = setInterval(() => {
    const connection = current;
    if (connection === undefined || busy) return;
    withDeadline(connection, options.sessionMs, () => connection.ping()).catch(() => {
      if (current === connection) discard();
    });
  }, options.sessionMs / 3);
  pinger.unref();

  return {
    run,
    discard,
    async close() {
      closed = true;
      clearInterval(pinger);
      const connection = current;
      current = undefined;
      if (connection === undefined) return;
      await withDeadline(connection, 1000, () => connection.end()).catch(() => connection.destroy());
    },
  };
}
