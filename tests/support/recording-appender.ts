import type { CpeEvent, IntakePath } from '@cpemon/domain';
import { wrongBySchema } from './event-schema-check';

/** An appender that keeps what it is given; `fail` makes it refuse. */
export interface RecordingAppender {
  events: CpeEvent[];
  /** Number of events of each call. */
  calls: number[];
  fail: Error | undefined;
  append(events: readonly CpeEvent[], path: IntakePath): Promise<void>;
}

/** Refuses an event that is not as its schema says (docs/schemas.md), so that every test of a reader checks that too. */
export function createRecordingAppender(): RecordingAppender {
  const appender: RecordingAppender = {
    events: [],
    calls: [],
    fail: undefined,
    append(events) {
      if (appender.fail !== undefined) return Promise.reject(appender.fail);
      const wrong = events.flatMap(wrongBySchema);
      if (wrong.length > 0) return Promise.reject(new Error(`Not as the schema says: ${wrong.join('; ')}`));
      appender.calls.push(events.length);
      appender.events.push(...events);
      return Promise.resolve();
    },
  };
  return appender;
}
