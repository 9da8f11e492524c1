import type { LaneApplier, LaneRef } from '../../event-log.js';
import type { BatchLimits } from './batch-plan.js';
import { createBatchRunner, type ConsumerObserver } from './batch-runner.js';
import { createDeadLetterWork } from '../parking/dead-letter-work.js';
import type { EventLogLogger } from '../event-log-logger.js';
import {
  findNextGeneration,
  getGroupGeneration,
  isAppliedToEnd,
  type Generation,
} from '../generations/generation.js';
import { handOver, type MoveHome } from '../generations/hand-over.js';
import { createLaneHolder } from './lane-holder.js';
import type { LaneWork } from './lane-work.js';
import { createLaneWorks } from './lane-works.js';
import type { Membership } from '../membership/membership.js';
import type { OwnedLane } from './owned-lane.js';
import { createParkedWork } from '../parking/parked-work.js';
import { rebalance } from '../membership/rebalance.js';
import { pause, retryDelayMs } from '../connection/retry-delay.js';
import type { RetrySchedule } from '../parking/retry-schedule.js';
import { createRebuildWork } from '../replay/rebuild-work.js';
import { createReplayWork } from '../replay/replay-work.js';
import { createSkipWork } from '../parking/skip-work.js';
import type { SteadyConnection } from '../connection/steady-connection.js';
import { createTurnTaking } from '../connection/turn-taking.js';

export interface SessionOptions {
  membership: Membership;
  applier: LaneApplier;
  rebalanceLink: SteadyConnection;
  readLink: SteadyConnection;
  applyLink: SteadyConnection;
  leaseHeld: () => boolean;
  limits: BatchLimits;
  retries: RetrySchedule;
  works: readonly LaneWork[];
  logger: EventLogLogger;
  observer: ConsumerObserver;
  moveHome?: MoveHome;
  beforeCommit?: () => Promise<void>;
}

/** A member's part in its group's work on one generation. */
export interface GenerationSession {
  ownedLanes(): LaneRef[];
  /** Resolves when the group works on another generation, and when the session is stopped. */
  over: Promise<void>;
  /** Finishes what is in hand. @returns the lanes that are still ours in the database */
  stop(): Promise<OwnedLane[]>;
}

const REBALANCE_EVERY_MS = 500;
/** The log is looked at this often while events come in, and when none have come for a while. */
const BUSY_POLL_MS = 5;
const BUSY_FOR_MS = 1000;
/** A batch this large means a backlog: the next one follows at once. */
const BACKLOG_EVENTS = 1000;
const IDLE_POLL_MS = 25;

/**
 * Takes a fair share of a generation's lanes and applies their events; when a sealed generation is applied to its end,
 * one member hands it over, and then the session of each is over.
 */
export function startGenerationSession(options: SessionOptions): GenerationSession {
  const { membership, applier, rebalanceLink, readLink, applyLink, logger, observer } = options;
  const { group, generation, leaseMs } = membership;
  const holder = createLaneHolder(membership, applier);
  const turns = createTurnTaking();
  const beforeCommit = options.beforeCommit === undefined ? {} : { beforeCommit: options.beforeCommit };
  const runner = createBatchRunner({
    ...{ membership, holder, applier, readLink, applyLink, logger, observer },
    leaseHeld: options.leaseHeld,
    limits: options.limits,
    retryParkedAfterMs: options.retries.firstMs,
    ...beforeCommit,
  });
  const works = createLaneWorks(
    [
      createParkedWork({ applier, schedule: options.retries, observer }),
      createDeadLetterWork({ applier }),
      createSkipWork(),
      createReplayWork({ applier }),
      createRebuildWork({ applier }),
      ...options.works,
    ],
    holder,
    runner.hands,
  );
  const stopping = new AbortController();
  const over = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));

  const betweenBatches = <T>(work: () => Promise<T>): Promise<T> =>
    turns.run(() => runner.settled().then(work));

  const keepApplying = async (): Promise<void> => {
    let appliedAt = -Infinity;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const applied = await turns.run(() => runner.runOnce());
        const more = options.leaseHeld() && (await turns.run(() => works.step()));
        if (failures > 0) logger.info({ failures }, 'Batches are applied again');
        failures = 0;
        const now = performance.now();
        if (applied > 0) appliedAt = now;
        if (applied >= BACKLOG_EVENTS || more) continue;
        await pause(now - appliedAt < BUSY_FOR_MS ? BUSY_POLL_MS : IDLE_POLL_MS, stopping.signal);
      } catch (error) {
        if (failures === 0) logger.warn({ err: error }, 'A batch could not be applied; it is tried again');
        failures += 1;
        await pause(retryDelayMs(failures - 1), stopping.signal);
      }
    }
  };

  const shareLanes = (): Promise<void> =>
    rebalanceLink.run(leaseMs * 2, (connection) =>
      rebalance(connection, {
        membership,
        holder,
        betweenBatches,
        onMove: (move) => logger.info(move, 'Lanes moved'),
      }),
    );

  const finish = async (to: Generation): Promise<void> => {
    await betweenBatches(() => Promise.resolve(holder.drop(holder.all())));
    const done = await handOver({
      ...{ membership, to, readLink, applyLink, claimLink: rebalanceLink },
      mayGoOn: () => options.leaseHeld() && !stopping.signal.aborted,
      ...(options.moveHome === undefined ? {} : { moveHome: options.moveHome }),
      ...beforeCommit,
    });
    if (done) logger.info({ generation, next: to.generation }, 'A generation of the log was handed over');
  };

  const oneRound = async (): Promise<void> => {
    const { current, next } = await rebalanceLink.run(leaseMs, async (connection) => {
      const following = await findNextGeneration(connection, generation);
      const atEnd = following !== null && (await isAppliedToEnd(connection, group, generation));
      return {
        current: await getGroupGeneration(connection, group),
        next: atEnd ? following : null,
      };
    });
    if (current.generation !== generation) {
      logger.info({ generation, next: current.generation }, 'Going on with another generation of the log');
      stopping.abort();
    } else if (next === null) {
      await shareLanes();
    } else {
      await finish(next);
    }
  };

  const keepBalanced = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (options.leaseHeld()) {
        await oneRound().catch((error: unknown) =>
          logger.warn({ err: error }, 'Lanes could not be shared out'),
        );
        observer.lanesOwned?.(holder.all().length);
      }
      await pause(Math.min(REBALANCE_EVERY_MS, leaseMs / 8), stopping.signal);
    }
  };

  const loops = [keepApplying(), keepBalanced()];

  return {
    ownedLanes: () => holder.all().map(({ lane }) => ({ generation, lane })),
    over,
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      await runner.settled();
      const lanes = holder.all();
      holder.drop(lanes);
      return lanes;
    },
  };
}
