import type { CpeEvent, IntakePath } from '@cpemon/domain';

/** An appender that keeps what it is given; `fail` makes it refuse. */
export interface RecordingAppender {
  events: CpeEvent[];
  /** Number of events of each call. */
  calls: number[];
  fail: Error | undefined;
  append(events: readonly CpeEvent[], path: IntakePath): Promise<void>;
}

export function createRecordingAppender(): RecordingAppender {
  const appender: RecordingAppender = {
    events: [],
    calls: [],
    fail: undefined,
    append(events) {
      if (appender.fail !== undefined) return Promise.reject(appender.fail);
      appender.calls.push(events.length);
      appender.events.push(...events);
      return Promise.resolve();
    },
  };
  return appender;
}
