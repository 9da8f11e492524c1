import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DatabaseAddress } from '@cpemon/database';
import { createSteadyConnection } from '@cpemon/event-log';
import type { Logger } from '@cpemon/service-kit';
import type { Tracing } from '@cpemon/tracing';
import { JobLostError, readReceiverStates, runJob, type JobHands } from '@cpemon/store';
import type { AlertMetrics } from './alert-metrics.js';
import type { AlertSettingsFile } from './alert-settings-file.js';
import { deliver } from './delivery.js';
import { createEvaluator, type Evaluator } from './evaluator.js';

export interface AlertsOptions {
  /** The writer's login. */
  address: DatabaseAddress;
  /** Name of this process among those that do scheduled work. */
  owner: string;
  settings: AlertSettingsFile;
  metrics: AlertMetrics;
  logger: Logger;
  /** Absent: there are no traces. */
  tracing?: Tracing | undefined;
  /** How often the evaluator looks. 2 s */
  everyMs?: number;
}

const LOOK_EVERY_MS = 2000;
const LEASE_MS = 10_000;
/** A process that holds the job gives it back now and then, so that its connection is made anew. */
const TURN_MS = 10 * 60_000;
/** Due again at once: who has the lease goes on, and whoever comes when it ends takes over. */
const ALWAYS_DUE = { everyMinutes: 1 / 60, atMinute: 0 };
const SESSION_SECONDS = 15;
const LONGEST_PAUSE_MS = 30_000;

/** Evaluates alerts and delivers what is told of them, each under a lease: of all writers one does. */
export function startAlerts(options: AlertsOptions): { stop(): Promise<void> } {
  const { address, owner, settings, metrics, logger, everyMs = LOOK_EVERY_MS } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const open = () => connect(address, { lockWaitSeconds: 2, abandonedAfterSeconds: SESSION_SECONDS });

  const keepDoing = async (job: string, work: (hands: JobHands, turn: AbortSignal) => Promise<void>) => {
    while (!signal.aborted) {
      try {
        const schedule = ALWAYS_DUE;
        const turn = AbortSignal.any([signal, AbortSignal.timeout(TURN_MS)]);
        await runJob({
          ...{ job, owner, schedule, connect: open, leaseMs: LEASE_MS, deadlineMs: 2 * TURN_MS },
          async work(hands) {
            await work(hands, turn);
            return { outcome: 'done', detail: '' };
          },
        });
      } catch (error) {
        logger.warn({ err: error, job }, 'Work on alerts was interrupted; it is taken up again');
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };

  const evaluate = async ({ connection, transact }: JobHands, turn: AbortSignal): Promise<void> => {
    let evaluator: Evaluator | undefined;
    let failures = 0;
    while (!turn.aborted) {
      let more = false;
      try {
        evaluator ??= await createEvaluator({
          ...{ connection, transact, settings: () => settings.current(), observer: metrics.evaluator },
        });
        more = await evaluator.step();
        metrics.receivers(await readReceiverStates(connection));
        failures = 0;
      } catch (error) {
        // The lease is another's, or the connection is gone: somebody begins anew.
        if (error instanceof JobLostError || isFatal(error)) throw error;
        evaluator = undefined;
        failures += 1;
        metrics.failed();
        logger.error({ err: error }, 'Alerts cannot be evaluated; it is tried again');
      }
      const pauseMs = failures > 0 ? Math.min(LONGEST_PAUSE_MS, everyMs * 2 ** failures) : everyMs;
      if (!more) await sleep(pauseMs, undefined, { signal: turn }).catch(() => undefined);
    }
  };

  const send = async ({ transact }: JobHands, turn: AbortSignal): Promise<void> => {
    const link = createSteadyConnection({ address, sessionMs: SESSION_SECONDS * 1000, lockWaitMs: 2000 });
    const lost = new AbortController();
    const ours = AbortSignal.any([turn, lost.signal]);
    const watch = setInterval(() => {
      // Proves that the lease is ours still.
      transact(() => Promise.resolve()).catch(() => lost.abort());
    }, LEASE_MS / 2);
    try {
      await deliver({
        link,
        settings,
        logger,
        tracing: options.tracing,
        signal: ours,
        onSent: (outcome, count) => metrics.sent(outcome, count),
      });
    } finally {
      clearInterval(watch);
      await link.close();
    }
  };

  const running = Promise.all([keepDoing('alerts', evaluate), keepDoing('alert-delivery', send)]);
  return {
    async stop() {
      stopping.abort();
      settings.stop();
      await running;
    },
  };
}

const isFatal = (error: unknown): boolean => (error as { fatal?: boolean } | null)?.fatal === true;
