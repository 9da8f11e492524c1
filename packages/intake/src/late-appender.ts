import { setTimeout as sleep } from 'node:timers/promises';
import { describeStartFailure } from '@cpemon/database';
import { LogUnavailableError, type LogAppender } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';

/** An appender that is there before the log is. */
export interface LateAppender extends LogAppender {
  connected(): boolean;
  /** Why it was not reached the last time; undefined before the first try and when it was. */
  failure(): string | undefined;
}

const NOTHING = { events: 0, bytes: 0, callers: 0 };
const LONGEST_PAUSE_MS = 5000;

/**
 * Connects to the log in the background and tries again until it is there, so that a service starts in any order;
 * until then every append fails with LogUnavailableError.
 */
export function createLateAppender(
  connect: () => Promise<LogAppender>,
  logger: Pick<Logger, 'warn' | 'info'>,
): LateAppender {
  const abort = new AbortController();
  let appender: LogAppender | undefined;
  let failure: string | undefined;

  const connecting = (async () => {
    for (let pauseMs = 250; !abort.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        appender = await connect();
        failure = undefined;
        return;
      } catch (error) {
        failure = describeStartFailure(error);
        logger.warn(
          { err: error, reason: failure, againInMs: pauseMs },
          'The event log cannot be reached yet',
        );
        await sleep(pauseMs, undefined, { signal: abort.signal }).catch(() => undefined);
      }
    }
  })();

  return {
    append: (events, path) =>
      appender === undefined
        ? Promise.reject(new LogUnavailableError('The event log has not been reached yet'))
        : appender.append(events, path),
    encoded: {
      lanes: () => appender?.encoded?.lanes() ?? 0,
      append: (events, lanes, path) =>
        appender?.encoded === undefined
          ? Promise.reject(new LogUnavailableError('The event log has not been reached yet'))
          : appender.encoded.append(events, lanes, path),
    },
    buffered: () => appender?.buffered() ?? NOTHING,
    connected: () => appender !== undefined,
    failure: () => failure,
    async close() {
      abort.abort();
      await connecting;
      await appender?.close();
    },
  };
}
