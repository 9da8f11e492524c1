import { connect, type DatabaseAddress, type SingleConnection } from '@cpemon/database';

/** A connection on which the database's clock shows what the test says. */
export interface ClockedConnection {
  connection: SingleConnection;
  /** @param at epoch ms */
  set(at: number): Promise<void>;
}

/**
 * `SET timestamp` moves NOW and UTC_TIMESTAMP of a session, and SYSDATE only where the server is told so when it
 * starts: here the statements are told.
 */
export async function connectWithClock(address: DatabaseAddress): Promise<ClockedConnection> {
  const real = await connect(address, { lockWaitSeconds: 5 });
  const query = real.query.bind(real) as (sql: unknown, values?: unknown) => Promise<unknown>;
  const connection = new Proxy(real, {
    get(target, name) {
      if (name === 'query')
        return (sql: unknown, values?: unknown) =>
          values === undefined ? query(inClock(sql)) : query(inClock(sql), values);
      const own: unknown = Reflect.get(target, name);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
  return {
    connection,
    async set(at) {
      await query(`SET SESSION timestamp = ${at / 1000}`);
    },
  };
}

function inClock(sql: unknown): unknown {
  if (typeof sql === 'string') return sql.replaceAll('SYSDATE(3)', 'NOW(3)');
  const options = sql as { sql: string };
  return { ...options, sql: options.sql.replaceAll('SYSDATE(3)', 'NOW(3)') };
}
