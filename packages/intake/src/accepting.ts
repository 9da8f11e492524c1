import type { CpeEvent, IntakePath } from '@cpemon/domain';
import type { LogAppender } from '@cpemon/event-log';

export interface WatchedAppender extends Pick<LogAppender, 'append'> {
  /**
   * Whether events on a path were taken since the last call for that path: not when every append failed. A path on
   * which nothing arrived is accepting as long as the log is there.
   */
  accepting(path: IntakePath): boolean;
}

/** After a failure a path counts as closed until something is taken again, but no longer than this. */
const FAILURE_LASTS_MS = 60_000;

/**
 * Watches what becomes of appends, for the beats that say whether this process accepts.
 * @param clock monotonic milliseconds
 */
export function watchAppends(
  appender: Pick<LogAppender, 'append'> & { connected(): boolean },
  clock: () => number = () => performance.now(),
): WatchedAppender {
  const taken = new Set<IntakePath>();
  const failedAt = new Map<IntakePath, number>();
  return {
    append(events: readonly CpeEvent[], path: IntakePath) {
      return appender.append(events, path).then(
        () => {
          taken.add(path);
          failedAt.delete(path);
        },
        (error: unknown) => {
          failedAt.set(path, clock());
          throw error;
        },
      );
    },
    accepting(path) {
      const failing = clock() - (failedAt.get(path) ?? -Infinity) < FAILURE_LASTS_MS;
      const refusedOnly = failing && !taken.has(path);
      taken.delete(path);
      return appender.connected() && !refusedOnly;
    },
  };
}
