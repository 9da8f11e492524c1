import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadJob, LoadResult } from './load-job.js';
import type { LoadAnswer } from './load-process.js';

export interface RunningLoad<Job extends LoadJob> {
  pid: number;
  /** @throws Error (rejects) when the load could not be carried to its end */
  result: Promise<LoadResult<Job>>;
  /** Ends the stage under way of an open load. */
  endStage(): void;
  /** SIGKILL, for the way out after an error. */
  kill(): void;
}

/** Starts a load in a process of its own. */
export function startLoad<Job extends LoadJob>(job: Job): RunningLoad<Job> {
  const child = fork(join(__dirname, 'load-process.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const result = new Promise<LoadResult<Job>>((resolve, reject) => {
    child.once('message', (answer: LoadAnswer) => {
      if ('error' in answer) reject(new Error(`load generator: ${answer.error}`));
      else resolve(answer.result as LoadResult<Job>);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the load generator ended: ${signal ?? code}`)));
  });
  // It may fail while its caller still waits for something else, and is told then.
  result.catch(() => undefined);
  child.send(job);
  return {
    pid: child.pid!,
    result,
    endStage() {
      child.send('end-stage');
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}

/** Starts a load and waits for its end. */
export const runLoad = <Job extends LoadJob>(job: Job): Promise<LoadResult<Job>> => startLoad(job).result;
