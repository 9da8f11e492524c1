import { parentPort, workerData } from 'node:worker_threads';
import { TELEMETRY_FORMAT } from '@cpemon/contracts';
import type { ReadingTask, ReadingThreadData } from './messages.js';
import { readAndEncode } from './read-and-encode.js';

// The thread itself: it knows nothing of requests, and ends with its process.
const { testEvents } = workerData as ReadingThreadData;
const format = { ...TELEMETRY_FORMAT, testEvents };

parentPort?.on('message', (task: ReadingTask) => {
  const result = readAndEncode(task, format);
  const bytes = 'refusal' in result ? result.body : result.bytes;
  parentPort?.postMessage(result, [bytes.buffer as ArrayBuffer]);
});
