import { isRetryable, type DatabaseAddress } from '@cpemon/database';
import type { CpeEvent, IntakePath } from '@cpemon/domain';
import { LogUnavailableError, type EncodedEvents, type LogAppender } from '../../event-log.js';
import {
  createAppendBuffer,
  DEFAULT_APPEND_LIMITS,
  type AppendCall,
  type AppendLimits,
} from './append-buffer.js';
import { StatementDeadlineError } from '../connection/deadline.js';
import { encodeEvents, packFlush, relaneEvents, type FlushPacket } from './flush-packet.js';
import { createFlushSender, GenerationChangedError } from './flush-sender.js';
import { NO_LOG, type EventLogLogger } from '../event-log-logger.js';
import { pause, retryDelayMs } from '../connection/retry-delay.js';

export interface AppenderOptions {
  address: DatabaseAddress;
  /** Name of this process in the log: printable ASCII, at most 50 characters. */
  producer: string;
  limits?: Partial<AppendLimits>;
  /** A caller that waits longer is told that the log is unavailable; its events may still arrive. */
  answerWithinMs?: number;
  /** How long a stopped process may hold a lane head, and the deadline of every statement. */
  leaseMs?: number;
  logger?: EventLogLogger;
  observer?: AppendObserver;
}

/** Figures for metrics; every call is cheap and must not throw. */
export interface AppendObserver {
  flushed?(flush: { events: number; bytes: number; seconds: number }): void;
  flushFailed?(error: unknown): void;
}

/**
 * Appends to the MySQL log: what arrives while one flush commits is the next flush.
 * Connects before it resolves, so that a process that is ready can append.
 * @throws the database's error when it cannot be reached or the schema is missing
 */
export async function createMySqlAppender(options: AppenderOptions): Promise<LogAppender> {
  const limits = { ...DEFAULT_APPEND_LIMITS, ...options.limits };
  const answerWithinMs = options.answerWithinMs ?? 8000;
  const logger = options.logger ?? NO_LOG;
  const buffer = createAppendBuffer(limits);
  const sender = await createFlushSender({
    address: options.address,
    producer: options.producer,
    leaseMs: options.leaseMs ?? 5000,
  });

  let inFlight: AppendCall[] = [];
  let flushing: Promise<void> | undefined;
  let closing = false;

  const packForNow = (calls: readonly AppendCall[]): FlushPacket => {
    const { lanes } = sender.generation();
    for (const call of calls) {
      if (call.lanes === lanes) continue;
      call.events = relaneEvents(call.events, lanes);
      call.lanes = lanes;
    }
    return packFlush(calls.map((call) => call.events));
  };

  const sendUntilSettled = async (calls: readonly AppendCall[]): Promise<void> => {
    let packet = packForNow(calls);
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        await sender.send(packet);
        const seconds = (performance.now() - startedAt) / 1000;
        if (attempt > 0) logger.info({ attempts: attempt + 1, seconds }, 'The event log takes flushes again');
        options.observer?.flushed?.({ events: packet.eventCount, bytes: packet.events.length, seconds });
        return;
      } catch (error) {
        if (error instanceof GenerationChangedError) {
          logger.info({ ...sender.generation() }, 'The log has a new generation; appending there');
          packet = packForNow(calls);
          continue;
        }
        options.observer?.flushFailed?.(error);
        if (!mayBeSentAgain(error)) throw error;
        if (attempt === 0)
          logger.warn({ err: error }, 'A flush to the event log had no answer; it is sent again');
        if (closing && performance.now() - startedAt > answerWithinMs) throw error;
        await pause(retryDelayMs(attempt));
      }
    }
  };

  const flushAll = async (): Promise<void> => {
    while (buffer.waiting() > 0) {
      const calls = buffer.takeFlush();
      inFlight = calls;
      try {
        await sendUntilSettled(calls);
        for (const call of calls) call.resolve();
      } catch (error) {
        logger.error({ err: error, calls: calls.length }, 'A flush was refused by the database');
        const refusal = new LogUnavailableError('The event log refused the flush', { cause: error });
        for (const call of calls) call.reject(refusal);
        sender.renumber();
      } finally {
        inFlight = [];
        buffer.release(calls);
      }
    }
  };

  const startFlushing = (): void => {
    flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(flushAll).finally(() => {
      flushing = undefined;
      if (buffer.waiting() > 0) startFlushing();
    });
  };

  const watchdog = setInterval(() => {
    const now = performance.now();
    buffer.expire(now);
    for (const call of inFlight) {
      // The flush goes on: whether it is in the log already is not known, so it must be sent until that is settled.
      if (call.answerBy <= now) call.reject(new LogUnavailableError('The event log did not answer in time'));
    }
  }, 250);
  watchdog.unref();

  const appendEncoded = (
    events: readonly EncodedEvents[],
    lanes: number,
    path: IntakePath,
  ): Promise<void> => {
    if (closing) return Promise.reject(new LogUnavailableError('This process is stopping'));
    let bytes = 0;
    let eventCount = 0;
    for (const part of events) {
      bytes += part.bytes;
      eventCount += part.eventCount;
    }
    if (eventCount === 0) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      const answerBy = performance.now() + answerWithinMs;
      buffer.put({ path, events, lanes, eventCount, bytes, answerBy, resolve, reject });
      startFlushing();
    });
  };

  return {
    append(events: readonly CpeEvent[], path: IntakePath) {
      const { lanes } = sender.generation();
      return appendEncoded(encodeEvents(events, lanes), lanes, path);
    },
    encoded: { lanes: () => sender.generation().lanes, append: appendEncoded },
    buffered: () => buffer.usage(),
    async close() {
      closing = true;
      await flushing;
      clearInterval(watchdog);
      await sender.close();
    },
  };
}

/** A migration that replaces a procedure drops it first. */
const NO_SUCH_PROCEDURE = 1305;

function mayBeSentAgain(error: unknown): boolean {
  if (isRetryable(error) || error instanceof StatementDeadlineError) return true;
  return (error as { errno?: number }).errno === NO_SUCH_PROCEDURE;
}
