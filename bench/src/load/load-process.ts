import { runClosedLoop } from './closed-loop.js';
import { startOpenLoop, type OpenLoop } from './open-loop.js';
import type { ClosedResult, LoadJob, OpenResult } from './load-job.js';

/** What the load process answers to its job. */
export type LoadAnswer = { result: ClosedResult | OpenResult } | { error: string };

let openLoop: OpenLoop | null = null;

// The load generator's own process: gets one job from its parent, answers with the result and ends.
process.once('message', (job: LoadJob) => {
  if (job.kind === 'open') openLoop = startOpenLoop(job);
  const run = job.kind === 'closed' ? runClosedLoop(job) : openLoop!.result;
  run
    .then(
      (result): LoadAnswer => ({ result }),
      (error: unknown): LoadAnswer => ({ error: String(error) }),
    )
    .then((answer) => process.send!(answer, () => process.exit(0)))
    .catch(() => process.exit(1));
  process.on('message', (word) => {
    if (word === 'end-stage') openLoop?.endStage();
  });
});
// A load without its parent has nobody to answer to.
process.once('disconnect', () => process.exit(0));
