import type { IntakePath } from '@cpemon/domain';
import { LogFullError, LogUnavailableError } from '@cpemon/event-log';
import { watchAppends } from './accepting.js';
import type { GateReason } from './intake-gate.js';
import type { RefusedAppendError } from './refused-append.js';

function setUp() {
  const state = { closedBy: [] as GateReason[], fail: undefined as Error | undefined, now: 0, appended: 0 };
  const appender = watchAppends(
    {
      connected: () => true,
      append() {
        if (state.fail !== undefined) return Promise.reject(state.fail);
        state.appended += 1;
        return Promise.resolve();
      },
    },
    { gate: { closedBy: () => state.closedBy }, clock: () => state.now },
  );
  return { state, appender, append: (path: IntakePath = 'webhook') => appender.append([], path) };
}

test('while the gate is closed nothing is taken, senders come back spread out, and no path is accepting', async () => {
  const { state, appender, append } = setUp();
  state.closedBy = ['disk'];
  const told = new Set<number>();
  for (let n = 0; n < 100; n += 1) {
    const error = await append().then(
      () => undefined,
      (refusal: unknown) => refusal,
    );
    expect(error).toMatchObject({ name: 'RefusedAppendError', code: 'backlog_full' });
    told.add((error as RefusedAppendError).retryAfterSeconds);
  }
  expect(told.size).toBeGreaterThan(10);
  expect(Math.min(...told)).toBeGreaterThanOrEqual(10);
  expect(state.appended).toBe(0);
  expect(appender.accepting('webhook')).toBe(false);

  state.closedBy = [];
  expect(appender.accepting('webhook')).toBe(true);
  await append();
  expect(state.appended).toBe(1);
});

test('a full buffer is answered as overloaded; a log that is away keeps its own error', async () => {
  const { state, append } = setUp();
  state.fail = new LogFullError('full');
  await expect(append()).rejects.toMatchObject({ code: 'overloaded' });
  state.fail = new LogUnavailableError('away');
  await expect(append()).rejects.toBe(state.fail);
});

test('a path on which everything failed is not accepting, one on which something was taken is', async () => {
  const { state, appender, append } = setUp();
  state.fail = new LogFullError('full');
  await append('webhook').catch(() => undefined);
  await append('heartbeat').catch(() => undefined);
  state.fail = undefined;
  await append('heartbeat');
  expect(appender.accepting('webhook')).toBe(false);
  expect(appender.accepting('heartbeat')).toBe(true);
  state.now = 61_000;
  expect(appender.accepting('webhook')).toBe(true);
});

test('what would be refused is known before it is tried', async () => {
  const { state, appender, append } = setUp();
  expect(appender.turnsAway('webhook')).toBeUndefined();
  state.fail = new LogFullError('full');
  await append('webhook').catch(() => undefined);
  expect(appender.turnsAway('webhook')).toMatchObject({ code: 'overloaded' });
  expect(appender.turnsAway('cwmp')).toBeUndefined();
  state.now = 200;
  expect(appender.turnsAway('webhook')).toBeUndefined();
  state.closedBy = ['disk'];
  expect(appender.turnsAway('cwmp')).toMatchObject({ code: 'backlog_full' });
  state.closedBy = ['disk', 'replication'];
  expect(appender.turnsAway('cwmp')).toMatchObject({ code: 'backlog_full' });
});

test('senders are told when no replica confirms what is stored, and come back sooner than for a full log', () => {
  const { state, appender } = setUp();
  state.closedBy = ['replication'];
  const refusal = appender.turnsAway('webhook') as RefusedAppendError;
  expect(refusal.code).toBe('not_replicated');
  expect(refusal.retryAfterSeconds).toBeGreaterThanOrEqual(5);
  expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(20);
  expect(appender.accepting('webhook')).toBe(false);
});
