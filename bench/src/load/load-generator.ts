import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadJob, LoadResult } from './load-job.js';
import type { LoadAnswer } from './load-process.js';

export interface RunningLoad {
  pid: number;
  /** @throws Error (rejects) when the load could not be carried to its end */
  result: Promise<LoadResult>;
}

/** Starts a load in a process of its own. */
export function startLoad(job: LoadJob): RunningLoad {
  const child = fork(join(__dirname, 'load-process.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const result = new Promise<LoadResult>((resolve, reject) => {
    child.once('message', (answer: LoadAnswer) => {
      if ('error' in answer) reject(new Error(`load generator: ${answer.error}`));
      else resolve(answer.result);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the load generator ended: ${signal ?? code}`)));
  });
  child.send(job);
  return { pid: child.pid!, result };
}

/** Starts a load and waits for its end. */
export const runLoad = (job: LoadJob): Promise<LoadResult> => startLoad(job).result;
