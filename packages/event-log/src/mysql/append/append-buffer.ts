import type { IntakePath } from '@cpemon/domain';
import { LogFullError, LogUnavailableError, type EncodedEvents } from '../../event-log.js';

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
  /** Number of lanes that `events` are encoded for. */
  lanes: number;
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
  /**
   * The calls of the next flush, those of a path in order of arrival; empty when nothing waits. Paths that wait share
   * it evenly, so that a flood on one adds little to the others' wait. They count until released.
   */
  takeFlush(): AppendCall[];
  release(calls: readonly AppendCall[]): void;
  /** Rejects and forgets calls that have waited past their time; nothing of them was sent. */
  expire(nowMs: number): void;
  waiting(): number;
  usage(): Usage;
}

export function createAppendBuffer(limits: AppendLimits): AppendBuffer {
  const queues = new Map<IntakePath, CallQueue>();
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
      let queue = queues.get(call.path);
      if (queue === undefined) queues.set(call.path, (queue = createCallQueue()));
      queue.put(call);
    },
    takeFlush() {
      const calls: AppendCall[] = [];
      let events = 0;
      let bytes = 0;
      const shares: FlushShare[] = [];
      for (const queue of queues.values()) shares.push({ queue, events: 0 });
      for (;;) {
        const share = leastServed(shares);
        const call = share?.queue.first();
        if (share === undefined || call === undefined) return calls;
        const full = events + call.eventCount > limits.flushEvents || bytes + call.bytes > limits.flushBytes;
        if (calls.length > 0 && full) return calls;
        share.queue.take();
        share.events += call.eventCount;
        events += call.eventCount;
        bytes += call.bytes;
        calls.push(call);
      }
    },
    release,
    expire(nowMs) {
      for (const queue of queues.values()) {
        for (let call = queue.first(); call !== undefined && call.answerBy <= nowMs; call = queue.first()) {
          queue.take();
          release([call]);
          call.reject(new LogUnavailableError('The event log did not answer in time'));
        }
      }
    },
    waiting() {
      let waiting = 0;
      for (const queue of queues.values()) waiting += queue.length();
      return waiting;
    },
    usage: () => ({ ...total }),
  };
}

/** First in, first out, without moving what waits at every step. */
interface CallQueue {
  put(call: AppendCall): void;
  first(): AppendCall | undefined;
  take(): void;
  length(): number;
}

function createCallQueue(): CallQueue {
  let calls: (AppendCall | undefined)[] = [];
  let taken = 0;
  return {
    put: (call) => void calls.push(call),
    first: () => calls[taken],
    take() {
      calls[taken] = undefined;
      taken += 1;
      // Half of it or more is over: let go of that, at a cost that was earned by as many steps.
      if (taken * 2 >= calls.length) {
        calls = calls.slice(taken);
        taken = 0;
      }
    },
    length: () => calls.length - taken,
  };
}

/** What one flush takes of a path. */
interface FlushShare {
  queue: CallQueue;
  events: number;
}

/** Of the paths on which something waits, the one that has the least in the flush. Once a call: allocates nothing. */
function leastServed(shares: readonly FlushShare[]): FlushShare | undefined {
  let least: FlushShare | undefined;
  for (const share of shares) {
    if (share.queue.length() > 0 && (least === undefined || share.events < least.events)) least = share;
  }
  return least;
}
