import { runClosedLoop } from './closed-loop.js';
import { runOpenLoop } from './open-loop.js';
import type { LoadJob, LoadResult } from './load-job.js';

/** What the load process answers to its job. */
export type LoadAnswer = { result: LoadResult } | { error: string };

// The load generator's own process: gets one job from its parent, answers with the result and ends.
process.once('message', (job: LoadJob) => {
  const run = job.kind === 'closed' ? runClosedLoop(job) : runOpenLoop(job);
  run
    .then(
      (result): LoadAnswer => ({ result }),
      (error: unknown): LoadAnswer => ({ error: String(error) }),
    )
    .then((answer) => process.send!(answer, () => process.exit(0)))
    .catch(() => process.exit(1));
});
