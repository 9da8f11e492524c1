import { LogUnavailableError, type LogAppender } from '@cpemon/event-log';
import { watchAppends } from './accepting.js';
import { createLateAppender } from './late-appender.js';

const silent = { warn: () => undefined, info: () => undefined };
const EMPTY = { events: 0, bytes: 0, callers: 0 };

function fakeLog() {
  const log = { appended: 0, closed: false, fail: false };
  const appender: LogAppender = {
    append(events) {
      if (log.fail) return Promise.reject(new LogUnavailableError('away'));
      log.appended += events.length;
      return Promise.resolve();
    },
    buffered: () => EMPTY,
    close: () => {
      log.closed = true;
      return Promise.resolve();
    },
  };
  return { log, appender };
}

test('appends are refused until the log is there, then taken', async () => {
  const { log, appender } = fakeLog();
  let attempts = 0;
  const late = createLateAppender(() => {
    attempts += 1;
    return attempts === 1 ? Promise.reject(new Error('refused')) : Promise.resolve(appender);
  }, silent);
  await expect(late.append([], 'heartbeat')).rejects.toThrow(LogUnavailableError);
  expect(late.connected()).toBe(false);
  expect(late.failure()).toBe('refused');
  expect(late.buffered()).toEqual(EMPTY);
  while (!late.connected()) await new Promise((resolve) => setTimeout(resolve, 10));
  await late.append([{} as never], 'heartbeat');
  expect(log.appended).toBe(1);
  expect(late.failure()).toBeUndefined();
  await late.close();
  expect(log.closed).toBe(true);
});

test('closing ends the attempts', async () => {
  const late = createLateAppender(() => Promise.reject(new Error('refused')), silent);
  await late.close();
  expect(late.connected()).toBe(false);
});

test('a path on which every append failed since it was last asked was not accepting', async () => {
  const { log, appender } = fakeLog();
  const watched = watchAppends({ append: appender.append.bind(appender), connected: () => true });
  expect(watched.accepting('heartbeat')).toBe(true);
  log.fail = true;
  await watched.append([], 'heartbeat').catch(() => undefined);
  expect(watched.accepting('webhook')).toBe(true);
  expect(watched.accepting('heartbeat')).toBe(false);
  await watched.append([], 'heartbeat').catch(() => undefined);
  log.fail = false;
  await watched.append([], 'heartbeat');
  expect(watched.accepting('heartbeat')).toBe(true);
});
