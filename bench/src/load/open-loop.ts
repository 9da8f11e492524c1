import { acceptedEvents } from './accepted-events.js';
import { createCarrierPool, type Delivery } from './carrier-pool.js';
import { judgeFailure, unansweredRequest, type FailedRequest } from './failed-request.js';
import { scheduleOf } from './fleet-plan.js';
import type { OpenLoad, OpenResult } from './load-job.js';
import { monotonicMs } from './monotonic-clock.js';
import { createLoadTally, startOwnCpuMeter, sumCounts } from './load-tally.js';

/** An open load under way. */
export interface OpenLoop {
  /** @throws Error (rejects) when the server cannot be reached at the start or answers something that is no HTTP */
  result: Promise<OpenResult>;
  /** Ends the stage under way; the next begins with the request that would have been due. */
  endStage(): void;
}

/** Waits for its end. */
export const runOpenLoop = (job: OpenLoad): Promise<OpenResult> => startOpenLoop(job).result;

/**
 * Sends each request at its due time, on whichever connection is free, and waits for the last answer. A broken
 * connection is opened again; its request counts as unanswered.
 */
export function startOpenLoop(job: OpenLoad): OpenLoop {
  let ended = false;
  const run = async (): Promise<OpenResult> => {
    const cores = startOwnCpuMeter();
    const { batch } = job.target;
    const stages = job.stages.map((stage) => ({ ...stage, tally: createLoadTally(), fell: 0 }));
    const failed: FailedRequest[] = [];
    let worstLatenessMs = 0;
    let request = 0;

    const pool = await createCarrierPool(job, scheduleOf(job.fleet));
    const send = (tally: (typeof stages)[number]['tally'], dueMs: number): void => {
      const number = request++;
      worstLatenessMs = Math.max(worstLatenessMs, monotonicMs() - dueMs);
      tally.sent(batch);
      const delivery: Delivery = {
        request: number,
        answered(status, body, head) {
          const accepted = acceptedEvents(status, body, batch);
          if (status === 202) tally.answered(status, accepted, monotonicMs() - dueMs);
          else {
            tally.answered(status, 0);
            failed.push(judgeFailure(number, status, head, body));
          }
        },
        unanswered() {
          tally.unanswered();
          failed.push(unansweredRequest(number));
        },
      };
      pool.carry(delivery);
    };

    let stageDueMs = job.firstDueMs;
    for (const stage of stages) {
      ended = false;
      for (; stage.fell < stage.requests; stage.fell++) {
        const dueMs = stageDueMs + stage.fell * stage.everyMs;
        const wait = dueMs - monotonicMs();
        if (wait > 0.5) await sleep(wait);
        if (ended) break;
        send(stage.tally, dueMs);
      }
      stageDueMs += stage.fell * stage.everyMs;
    }
    await pool.drain();
    return {
      ...sumCounts(stages.map(({ tally }) => tally.counts())),
      stages: stages.map(({ name, fell, tally }) => ({
        ...{ name, requests: fell },
        ...tally.counts(),
        latencyMs: tally.latencyMs(),
      })),
      failed: failed.sort((a, b) => a.request - b.request),
      worstLatenessMs,
      cores: cores(),
    };
  };
  return {
    result: run(),
    endStage() {
      ended = true;
    },
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
