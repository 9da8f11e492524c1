import type { CpeEvent, IntakePath } from '@cpemon/domain';
import { LogFullError, LogUnavailableError, type LogAppender } from '@cpemon/event-log';
import type { GateReason, IntakeGate } from './intake-gate.js';
import { RefusedAppendError } from './refused-append.js';
import { createRetryAfter, type RetryAfter } from './retry-after.js';

export interface WatchedAppender extends Pick<LogAppender, 'append' | 'encoded'> {
  /**
   * As the appender's. @throws RefusedAppendError when the gate is closed or the buffer has no room: nothing of this
   * call was taken
   */
  append(events: readonly CpeEvent[], path: IntakePath): Promise<void>;
  /**
   * Whether events on a path were taken since the last call for that path: not when every append failed, nor while
   * the gate is closed. A path on which nothing arrived is accepting as long as the log is there.
   */
  accepting(path: IntakePath): boolean;
  /**
   * Why an append on a path would most likely fail now; undefined when it may be tried. For those who have not read a
   * body yet.
   */
  turnsAway(path: IntakePath): Error | undefined;
}

export interface WatchOptions {
  gate?: Pick<IntakeGate, 'closedBy'>;
  retryAfter?: RetryAfter;
  /** Monotonic milliseconds. */
  clock?: () => number;
  /** 0 to 1. */
  random?: () => number;
}

/** After a failure a path counts as closed until something is taken again, but no longer than this. */
const FAILURE_LASTS_MS = 60_000;
/** After a call found no room others of its path are turned away so long, unless one is taken before. */
const FULL_LASTS_MS = 200;
/** A full log takes a while to drain: those it turns away come back spread over this. */
const CLOSED_RETRY_SECONDS = { shortest: 10, longest: 40 };
/** A replica that reconnects is there within seconds. */
const UNREPLICATED_RETRY_SECONDS = { shortest: 5, longest: 20 };

/** Turns senders away while the gate is closed, and watches what becomes of appends, for the beats. */
export function watchAppends(
  appender: Pick<LogAppender, 'append' | 'encoded'> & { connected(): boolean },
  options: WatchOptions = {},
): WatchedAppender {
  const { clock = () => performance.now(), random = Math.random } = options;
  const { gate, retryAfter = createRetryAfter(clock, random) } = options;
  const taken = new Set<IntakePath>();
  const failedAt = new Map<IntakePath, number>();
  const fullAt = new Map<IntakePath, number>();
  const closedBy = (): readonly GateReason[] => gate?.closedBy(clock()) ?? [];
  const closed = (): boolean => closedBy().length > 0;
  const refuseClosed = (): RefusedAppendError => {
    const isFull = closedBy().some((reason) => reason !== 'replication');
    const { shortest, longest } = isFull ? CLOSED_RETRY_SECONDS : UNREPLICATED_RETRY_SECONDS;
    return new RefusedAppendError(
      isFull ? 'backlog_full' : 'not_replicated',
      shortest + Math.floor(random() * (longest - shortest + 1)),
    );
  };
  const watch = (appending: () => Promise<void>, path: IntakePath): Promise<void> => {
    if (closed()) return Promise.reject(refuseClosed());
    return appending().then(
      () => {
        taken.add(path);
        failedAt.delete(path);
        fullAt.delete(path);
        retryAfter.taken();
      },
      (error: unknown) => {
        failedAt.set(path, clock());
        if (!(error instanceof LogFullError)) throw error;
        fullAt.set(path, clock());
        throw new RefusedAppendError('overloaded', retryAfter.refused(), { cause: error });
      },
    );
  };
  const { encoded } = appender;
  return {
    append: (events: readonly CpeEvent[], path: IntakePath) =>
      watch(() => appender.append(events, path), path),
    ...(encoded === undefined
      ? {}
      : {
          encoded: {
            lanes: () => encoded.lanes(),
            append: (events, lanes, path) => watch(() => encoded.append(events, lanes, path), path),
          },
        }),
    accepting(path) {
      const failing = clock() - (failedAt.get(path) ?? -Infinity) < FAILURE_LASTS_MS;
      const refusedOnly = failing && !taken.has(path);
      taken.delete(path);
      return appender.connected() && !refusedOnly && !closed();
    },
    turnsAway(path) {
      if (closed()) return refuseClosed();
      if (!appender.connected()) return new LogUnavailableError('The event log has not been reached yet');
      if (clock() - (fullAt.get(path) ?? -Infinity) >= FULL_LASTS_MS) return undefined;
      return new RefusedAppendError('overloaded', retryAfter.refused());
    },
  };
}
