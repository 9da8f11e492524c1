import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DatabaseAddress, type SingleConnection } from '@cpemon/database';
import type { FleetReads } from './fleet-reads.js';
import type { SharedGauges } from './shared-gauges.js';

export interface ShowSharedGaugesOptions {
  address: DatabaseAddress;
  reads: Pick<FleetReads, 'pipeline' | 'fleet'>;
  gauges: SharedGauges;
  everyMs?: number;
}

const EVERY_MS = 1000;
/** A process that is stopped, or cut off, lets another show the figures after this. */
const SESSION_SECONDS = 10;
/** Of the schema; names of locks belong to the whole server and have 64 characters at most. */
const LOCK = "CONCAT('cpemon-gauges-', MD5(DATABASE()))";

/**
 * Keeps the shared figures current in one process of an installation: in the one that holds a named lock of the
 * database, which the server gives up with the session. The others, and whoever cannot read, show none.
 */
export function showSharedGauges(options: ShowSharedGaugesOptions): { stop(): Promise<void> } {
  const { address, reads, gauges, everyMs = EVERY_MS } = options;
  const stopping = new AbortController();
  let connection: SingleConnection | undefined;

  const look = async (): Promise<void> => {
    try {
      connection ??= await connect(address, { abandonedAfterSeconds: SESSION_SECONDS });
      if (!(await holdsLock(connection))) return gauges.hide();
      const [{ stats }, fleet] = await Promise.all([reads.pipeline(), reads.fleet()]);
      gauges.show({ stats, ...fleet });
    } catch {
      gauges.hide();
      connection?.destroy();
      connection = undefined;
    }
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    connection?.destroy();
  })();
  return {
    async stop() {
      stopping.abort();
      // A statement of a database that hangs is not waited for.
      await Promise.race([looking, sleep(1000, undefined, { ref: false })]);
      connection?.destroy();
    },
  };
}

async function holdsLock(connection: SingleConnection): Promise<boolean> {
  const [rows] = await connection.query({
    // Asked for once only: a session may take the same lock many times, and would have to release it as often.
    sql: `SELECT COALESCE(IF(IS_USED_LOCK(${LOCK}) = CONNECTION_ID(), 1, GET_LOCK(${LOCK}, 0)), 0) AS held`,
    timeout: SESSION_SECONDS * 1000,
  });
  return Number((rows as { held: unknown }[])[0]?.held) === 1;
}
