import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Refusal, ReadBody, RejectedElement, RequestContext } from '@cpemon/contracts';
import type { EncodedEvents } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';
import { RefusedAppendError } from '../refused-append.js';
import type { ReadingResult, ReadingTask, ReadingThreadData } from './messages.js';

/** A body as the log takes it. */
export interface EncodedBody extends Omit<ReadBody, 'events'> {
  events: EncodedEvents[];
  eventCount: number;
}

export interface ReadingThread {
  /**
   * Has a body read beside this thread. Undefined when it is quicker done here: it is small, or enough waits there.
   * The body's bytes are gone for the caller, but for a refusal, which gives them back.
   * @throws RefusedAppendError when the thread ended before it was done: nothing of the body was taken
   */
  read(
    body: Buffer,
    request: RequestContext,
    lanes: number,
  ): Promise<EncodedBody | { refusal: Refusal & { rejected?: RejectedElement[] }; body: Buffer }> | undefined;
  stop(): Promise<void>;
}

/** Some forty events: reading less costs no more than the way there and back. */
const WORTH_IT_BYTES = 16 * 1024;
/**
 * Bytes that wait for the thread or are with it. What comes beyond them is read here: the caller then answers nobody
 * meanwhile, so it is a bound of memory and no share of the work.
 */
const BYTES_WITH_IT = 16 * 1024 * 1024;
/** After the thread has ended, which another body starts anew. */
const RETRY_AFTER_SECONDS = 1;
/** Young objects of a thread, MB: a body's events die before the next. */
const YOUNG_MB = 48;

interface Waiting {
  bytes: number;
  resolve(result: ReadingResult): void;
  reject(error: Error): void;
}

interface RunningThread {
  worker: Worker;
  waiting: Map<number, Waiting>;
  /** Of the bodies that wait. */
  bytes: number;
}

/** A second thread of this process that reads bodies of many events. It is started by the first of them. */
export function createReadingThread(
  data: ReadingThreadData,
  logger: Pick<Logger, 'error'>,
  threadFile = join(__dirname, 'thread.js'),
): ReadingThread {
  let running: RunningThread | undefined;
  let lastId = 0;

  const start = (): RunningThread => {
    const waiting = new Map<number, Waiting>();
    const worker = new Worker(threadFile, {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    const started = { worker, waiting, bytes: 0 };
    worker.unref();
    worker.on('message', (result: ReadingResult) => {
      const task = waiting.get(result.id);
      if (task === undefined) return;
      started.bytes -= task.bytes;
      waiting.delete(result.id);
      task.resolve(result);
    });
    worker.on('error', (error) => logger.error({ err: error }, 'A thread that reads bodies has failed'));
    worker.on('exit', () => {
      if (running === started) running = undefined;
      const error = new RefusedAppendError('overloaded', RETRY_AFTER_SECONDS);
      for (const task of waiting.values()) task.reject(error);
    });
    return started;
  };

  return {
    read(body, { randomId: _, ...request }, lanes) {
      if (body.length < WORTH_IT_BYTES || lanes === 0) return undefined;
      const { worker, waiting } = (running ??= start());
      if (running.bytes + body.length > BYTES_WITH_IT) return undefined;
      running.bytes += body.length;
      const whole = body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body);
      const task: ReadingTask = { id: (lastId += 1), body: whole, request, lanes };
      const result = new Promise<ReadingResult>((resolve, reject) => {
        waiting.set(task.id, { bytes: body.length, resolve, reject });
      });
      worker.postMessage(task, [whole.buffer as ArrayBuffer]);
      return result.then((read) => {
        if ('refusal' in read) return { refusal: read.refusal, body: Buffer.from(read.body) };
        const { bytes, parts, eventCount, rejected, drops } = read;
        const events = parts.map(({ lane, eventCount, start, length }) => ({
          ...{ lane, eventCount, bytes: length },
          json: bytes.subarray(start, start + length),
        }));
        return { events, eventCount, rejected, drops };
      });
    },
    async stop() {
      await running?.worker.terminate();
    },
  };
}
