import {
  LINE_BYTES,
  STREAM_BODY_BYTES,
  isRefusal,
  readSingleBody,
  type DropCounts,
  type DropReason,
  type Refusal,
  type RejectedElement,
  type ReportFormat,
  type RequestContext,
} from '@cpemon/contracts';
import type { CpeEvent } from '@cpemon/domain';
import type { LogAppender } from '@cpemon/event-log';
import { tooLarge } from './body-refusal.js';
import type { PathMetrics } from './intake-metrics.js';
import { createLineCutter, type Line } from './line-cutter.js';

export interface LinesResult {
  /** Events that are committed. */
  accepted: number;
  rejected: RejectedElement[];
  /** Rejected lines beyond those listed. */
  unlisted: number;
  end: 'complete' | 'aborted' | Refusal | { appendError: unknown };
}

export interface LineStreamOptions {
  format: ReportFormat;
  context: RequestContext;
  appender: Pick<LogAppender, 'append'>;
  metrics: PathMetrics;
}

/** Events that may wait for the flush in hand before no more is read. */
const WAITING_EVENTS = 2000;
const LISTED_REJECTIONS = 5000;
const TOO_LARGE = tooLarge(STREAM_BODY_BYTES);

/**
 * Reads newline-delimited events and appends them as they come: while one append commits, what arrives is read, up to
 * a bound; past it the sender is made to wait. A line that is no event is rejected, and so is a last line that was
 * torn. Never rejects. One append follows the other, so that a device's events stay in order.
 */
export async function appendLines(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  options: LineStreamOptions,
): Promise<LinesResult> {
  const reader = createLineReader(options);
  const cutter = createLineCutter(LINE_BYTES);
  const queue = createAppendQueue(options);
  let bytes = 0;
  let end: LinesResult['end'] = 'complete';
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > STREAM_BODY_BYTES) {
        end = TOO_LARGE;
        break;
      }
      queue.add(reader.read(cutter.cut(chunk)));
      await queue.room();
      if (queue.failed()) break;
    }
  } catch {
    end = 'aborted';
  }
  // A line torn by a connection that broke was not sent whole.
  if (end === 'complete' && !queue.failed()) queue.add(reader.read(cutter.end()));
  await queue.drained();
  const { accepted, failure } = queue.result();
  return { accepted, ...reader.result(), end: failure ?? end };
}

/** Turns lines into events and keeps the list of those that are none. */
function createLineReader({ format, context, metrics }: LineStreamOptions) {
  const rejected: RejectedElement[] = [];
  let unlisted = 0;
  let index = 0;
  const reject = (reason: Refusal['code']): void => {
    metrics.refused(reason);
    if (rejected.length < LISTED_REJECTIONS) rejected.push({ index, reason });
    else unlisted += 1;
  };
  return {
    read(lines: readonly Line[]): ReadLines {
      const events: CpeEvent[] = [];
      const drops: DropCounts = {};
      for (const line of lines) {
        const read = line === undefined ? 'too long' : readSingleBody(line, format, context, index);
        if (read === 'too long') reject('event_too_large');
        else if (isRefusal(read)) reject(read.code);
        else {
          events.push(...read.events);
          addDrops(drops, read.drops);
        }
        index += 1;
      }
      return { events, drops };
    },
    result: () => ({ rejected, unlisted }),
  };
}

interface ReadLines {
  events: CpeEvent[];
  drops: DropCounts;
}

/** Appends one batch at a time; what is added meanwhile is the next batch. */
function createAppendQueue({ format, appender, metrics }: LineStreamOptions) {
  let waiting: CpeEvent[] = [];
  let waitingDrops: DropCounts = {};
  let underWay: Promise<void> | undefined;
  let accepted = 0;
  let failure: { appendError: unknown } | undefined;

  const appendWaiting = async (): Promise<void> => {
    while (waiting.length > 0 && failure === undefined) {
      const events = waiting;
      const drops = waitingDrops;
      waiting = [];
      waitingDrops = {};
      const startedAt = performance.now();
      try {
        await appender.append(events, format.path);
        accepted += events.length;
        metrics.accepted(events.length);
        metrics.appended((performance.now() - startedAt) / 1000);
        metrics.dropped(drops);
      } catch (error) {
        failure = { appendError: error };
      }
    }
    underWay = undefined;
  };

  return {
    add({ events, drops }: ReadLines): void {
      if (events.length === 0) return;
      waiting = waiting.length === 0 ? events : waiting.concat(events);
      addDrops(waitingDrops, drops);
      underWay ??= appendWaiting();
    },
    /** Resolves when more may be added. */
    async room(): Promise<void> {
      if (waiting.length >= WAITING_EVENTS) await underWay;
    },
    async drained(): Promise<void> {
      await underWay;
    },
    failed: () => failure !== undefined,
    result: () => ({ accepted, failure }),
  };
}

function addDrops(sum: DropCounts, drops: DropCounts): void {
  for (const name in drops) {
    const reason = name as DropReason;
    sum[reason] = (sum[reason] ?? 0) + (drops[reason] ?? 0);
  }
}
