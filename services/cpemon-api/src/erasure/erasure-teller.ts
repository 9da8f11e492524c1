import type { Connection } from '@cpemon/database';
import type { WatchedAppender } from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import { bookErasureTold, findUntoldErasures } from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import { eventOf, type AskedErasure } from './ask-erasure.js';

type Appender = Pick<WatchedAppender, 'append'>;

const TELL_AGAIN_EVERY_MS = 15_000;
/** Longer than it takes to tell the lanes at once. */
const UNTOLD_FOR_SECONDS = 10;
const UNTOLD_A_LOOK = 1000;

/**
 * Tells the lanes of an erasure. That it is written down is what counts: one that cannot be told now is told later.
 * @returns whether it is told
 */
export async function tellErasure(
  connection: Connection,
  appender: Appender,
  { erasure, events }: AskedErasure,
): Promise<boolean> {
  if (events.length === 0) return true;
  try {
    await appender.append(events, 'command');
    await bookErasureTold(connection, erasure.id);
    return true;
  } catch {
    return false;
  }
}

/** Tells the lanes of erasures whose asker was stopped before it had; told twice, an erasure is done once. */
export function startErasureTeller(
  run: DatabaseReader,
  appender: Appender,
  logger: Logger,
): { stop(): void; look(): Promise<number> } {
  const look = async (): Promise<number> => {
    const untold = await run((connection) =>
      findUntoldErasures(connection, { olderThanSeconds: UNTOLD_FOR_SECONDS, limit: UNTOLD_A_LOOK }),
    );
    if (untold.length === 0) return 0;
    await appender.append(untold.map(eventOf), 'command');
    for (const id of new Set(untold.map(({ erasureId }) => erasureId)))
      await run((connection) => bookErasureTold(connection, id));
    logger.warn({ erasures: untold.length }, 'Told lanes of erasures whose asker was gone');
    return untold.length;
  };
  const timer = setInterval(() => {
    // Without the database nobody can be told; the next time will do.
    look().catch(() => undefined);
  }, TELL_AGAIN_EVERY_MS);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}
