import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';
import { readLogBooks } from './log-books.js';
import { readPipeline } from './pipeline-reader.js';
import type { IngestProcess } from './private-stack.js';

/** How a writer worked off a backlog while events came in. */
export interface CatchUp {
  /** Events that waited when the first progress was seen. */
  backlogEvents: number;
  /** From then until it had caught up. */
  seconds: number;
  /** By how much the backlog shrank, and what was applied for that. */
  netPerSecond: number;
  appliedPerSecond: number;
  /** What `GET /v1/pipeline` promised when a third of the backlog was gone (null: nothing), and the truth. */
  etaSeconds: number | null;
  leftSeconds: number;
}

const LOOK_EVERY_MS = 20;

/**
 * Watches from the start of the writer until `caughtUpEvents` or fewer wait.
 * @throws WrongResult when that is not so within the time
 */
export async function watchCatchUp(
  connection: SingleConnection,
  api: Pick<IngestProcess, 'port'>,
  { caughtUpEvents, timeoutMs }: { caughtUpEvents: number; timeoutMs: number },
): Promise<CatchUp> {
  const giveUpAt = performance.now() + timeoutMs;
  const { applied: before } = await readLogBooks(connection);
  let first: { at: number; applied: number; backlog: number } | null = null;
  let promise: { at: number; etaSeconds: number | null } | null = null;
  for (;;) {
    const { accepted, applied } = await readLogBooks(connection);
    const at = performance.now();
    const backlog = accepted - applied;
    if (applied > before) first ??= { at, applied, backlog };
    if (first !== null && promise === null && backlog <= (first.backlog * 2) / 3) {
      const reading = await readPipeline(api);
      promise = { at: reading.at, etaSeconds: reading.drainEtaSeconds };
    } else if (first !== null && promise !== null && backlog <= caughtUpEvents) {
      const seconds = (at - first.at) / 1000;
      return {
        backlogEvents: first.backlog,
        seconds,
        netPerSecond: (first.backlog - backlog) / seconds,
        appliedPerSecond: (applied - first.applied) / seconds,
        etaSeconds: promise.etaSeconds,
        leftSeconds: (at - promise.at) / 1000,
      };
    }
    if (at > giveUpAt) {
      throw new WrongResult(
        `with ingest going on the writer did not catch up in ${timeoutMs / 1000} s: ` +
          `${backlog} events wait, ${first?.backlog} did at first`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
