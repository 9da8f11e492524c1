import { runClosedSessions } from './closed-sessions.js';
import { runOpenSessions } from './open-sessions.js';
import type { SessionAnswer, SessionJob } from './session-load.js';

// The session generator's own process: gets one job from its parent, answers with the result and ends.
process.once('message', (job: SessionJob) => {
  const run =
    job.kind === 'closed'
      ? runClosedSessions(job)
      : runOpenSessions(job, () => process.send!({ open: true } satisfies SessionAnswer));
  run
    .then(
      (result): SessionAnswer => ({ result }),
      (error: unknown): SessionAnswer => ({ error: String(error) }),
    )
    .then((answer) => process.send!(answer, () => process.exit(0)))
    .catch(() => process.exit(1));
});
process.once('disconnect', () => process.exit(0));
