import type { IntakePath } from '@cpemon/domain';
import { LogFullError, LogUnavailableError } from '../event-log.js';
import type { EncodedEvents } from './flush-packet.js';

/** How much may wait in front of the log, and how much one flush takes. */
export interface AppendLimits {
  /** Events that wait or are being flushed. */
  maxEvents: number;
  /** Bytes of their JSON. */
  maxBytes: number;
  /** Calls of `append` that have not been answered. */
  maxCallers: number;
  /** The part of each bound that events of one path may take, so that one flood leaves room for the others. */
  pathShare: number;
  /** A flush takes whole calls until it holds this many events or bytes. */
  flushEvents: number;
  flushBytes: number;
}

export const DEFAULT_APPEND_LIMITS: AppendLimits = {
  maxEvents: 60_000,
  maxBytes: 64 * 1024 * 1024,
  maxCallers: 20_000,
  pathShare: 0.7,
  flushEvents: 4_000,
  flushBytes: 4 * 1024 * 1024,
};

/** One call of `append`: its events, and how to answer it. */
export interface AppendCall {
  path: IntakePath;
  events: readonly EncodedEvents[];
  eventCount: number;
  bytes: number;
  /** Monotonic time (ms) after which the caller is told that the log did not answer. */
  answerBy: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

interface Usage {
  events: number;
  bytes: number;
  callers: number;
}

/** The bounded queue of calls in front of the flush. Counts a call until it leaves by `release`. */
export interface AppendBuffer {
  /** @throws LogFullError when a bound would be passed; nothing is taken then */
  put(call: AppendCall): void;
  /** The calls of the next flush in order of arrival; empty when nothing waits. They count until released. */
  takeFlush(): AppendCall[];
  release(calls: readonly AppendCall[]): void;
  /** Rejects and forgets calls that have waited past their time; nothing of them was sent. */
  expire(nowMs: number): void;
  waiting(): number;
  usage(): Usage;
}

export function createAppendBuffer(limits: AppendLimits): AppendBuffer {
  let queue: AppendCall[] = [];
  const total: Usage = { events: 0, bytes: 0, callers: 0 };
  const byPath = new Map<IntakePath, Usage>();

  const usageOf = (path: IntakePath): Usage => {
    let usage = byPath.get(path);
    if (usage === undefined) byPath.set(path, (usage = { events: 0, bytes: 0, callers: 0 }));
    return usage;
  };
  const count = (usage: Usage, call: AppendCall, sign: 1 | -1): void => {
    usage.events += sign * call.eventCount;
    usage.bytes += sign * call.bytes;
    usage.callers += sign;
  };
  const fits = (usage: Usage, call: AppendCall, share: number): boolean =>
    usage.events + call.eventCount <= limits.maxEvents * share &&
    usage.bytes + call.bytes <= limits.maxBytes * share &&
    usage.callers + 1 <= limits.maxCallers * share;

  const release = (calls: readonly AppendCall[]): void => {
    for (const call of calls) {
      count(total, call, -1);
      count(usageOf(call.path), call, -1);
    }
  };

  return {
    put(call) {
      const usage = usageOf(call.path);
      if (!fits(total, call, 1) || !fits(usage, call, limits.pathShare)) {
        throw new LogFullError(`${total.events} events wait for the log`);
      }
      count(total, call, 1);
      count(usage, call, 1);
      queue.push(call);
    },
    takeFlush() {
      let events = 0;
      let bytes = 0;
      let taken = 0;
      for (const call of queue) {
        if (
          taken > 0 &&
          (events + call.eventCount > limits.flushEvents || bytes + call.bytes > limits.flushBytes)
        ) {
          break;
        }
        events += call.eventCount;
        bytes += call.bytes;
        taken += 1;
      }
      const calls = queue.slice(0, taken);
      queue = taken === queue.length ? [] : queue.slice(taken);
      return calls;
    },
    release,
    expire(nowMs) {
      let expired = 0;
      while (expired < queue.length && (queue[expired] as AppendCall).answerBy <= nowMs) expired += 1;
      if (expired === 0) return;
      const calls = queue.slice(0, expired);
      queue = queue.slice(expired);
      release(calls);
      for (const call of calls) call.reject(new LogUnavailableError('The event log did not answer in time'));
    },
    waiting: () => queue.length,
    usage: () => ({ ...total }),
  };
}
