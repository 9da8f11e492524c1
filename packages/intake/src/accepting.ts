import type { CpeEvent, IntakePath } from '@cpemon/domain';
import type { LogAppender } from '@cpemon/event-log';

export interface WatchedAppender extends Pick<LogAppender, 'append'> {
  /**
   * Whether events on a path were taken since the last call for that path: not when every append failed. A path on
   * which nothing arrived is accepting as long as the log is there.
   */
  accepting(path: IntakePath): boolean;
}

/** Watches what becomes of appends, for the beats that say whether this process accepts. */
export function watchAppends(
  appender: Pick<LogAppender, 'append'> & { connected(): boolean },
): WatchedAppender {
  const taken = new Set<IntakePath>();
  const failed = new Set<IntakePath>();
  return {
    append(events: readonly CpeEvent[], path: IntakePath) {
      return appender.append(events, path).then(
        () => {
          taken.add(path);
        },
        (error: unknown) => {
          failed.add(path);
          throw error;
        },
      );
    },
    accepting(path) {
      const refusedOnly = failed.has(path) && !taken.has(path);
      taken.delete(path);
      failed.delete(path);
      return appender.connected() && !refusedOnly;
    },
  };
}
