import { hostname } from 'node:os';
import type { DatabaseAddress } from '@cpemon/database';
import type { LaneApplier, LogConsumer } from '../event-log.js';
import { createBatchRunner, type ConsumerObserver } from './batch-runner.js';
import { DEFAULT_BATCH_LIMITS, type BatchLimits } from './batch-plan.js';
import { NO_LOG, type EventLogLogger } from './event-log-logger.js';
import { getCurrentGeneration } from './generation.js';
import { createLaneHolder } from './lane-holder.js';
import { startLease } from './lease.js';
import { ensureOffsets, leaveGroup, releaseLanes, renewLease, type Membership } from './membership.js';
import { rebalance } from './rebalance.js';
import { pause, retryDelayMs } from './retry-delay.js';
import { createSteadyConnection } from './steady-connection.js';
import { createTurnTaking } from './turn-taking.js';

export interface ConsumerOptions {
  address: DatabaseAddress;
  /** The consumer group: printable ASCII, at most 32 characters. */
  group: string;
  /** Unique name of this process in the group, at most 64 characters. */
  member: string;
  version: string;
  applier: LaneApplier;
  leaseMs?: number;
  limits?: Partial<BatchLimits>;
  logger?: EventLogLogger;
  observer?: ConsumerObserver;
  /** Called inside every state transaction just before COMMIT; for tests that stop a process there. */
  beforeCommit?: () => Promise<void>;
}

/** A writer stops applying this long before its lease ends. */
const LEASE_MARGIN_MS = 1500;
const RENEW_EVERY_MS = 1000;
const REBALANCE_EVERY_MS = 500;
/** The log is looked at this often while events come in, and when none have come for a while. */
const BUSY_POLL_MS = 5;
const BUSY_FOR_MS = 1000;
/** A batch this large means a backlog: the next one follows at once. */
const BACKLOG_EVENTS = 1000;
const IDLE_POLL_MS = 25;

/**
 * Joins a consumer group: takes a fair share of the lanes under leases and applies their events in order, the
 * effect and the offset in one transaction. Resolves when the first lease is entered; lanes follow.
 * @throws the database's error when it cannot be reached or the schema is missing
 */
export async function startMySqlConsumer(options: ConsumerOptions): Promise<LogConsumer> {
  const leaseMs = options.leaseMs ?? 5000;
  const logger = options.logger ?? NO_LOG;
  const link = (lockWaitMs: number) =>
    createSteadyConnection({ address: options.address, sessionMs: leaseMs, lockWaitMs });
  const leaseLink = link(leaseMs);
  const rebalanceLink = link(1000);
  const readLink = link(leaseMs);
  const applyLink = link(leaseMs);

  const membership: Membership = await leaseLink
    .run(leaseMs, async (connection) => {
      const { generation } = await getCurrentGeneration(connection);
      const entered: Membership = {
        group: options.group,
        generation,
        member: options.member,
        host: hostname().slice(0, 255),
        version: options.version,
        leaseMs,
      };
      await ensureOffsets(connection, entered);
      return entered;
    })
    .catch(async (error: unknown) => {
      await Promise.all([leaseLink, rebalanceLink, readLink, applyLink].map((made) => made.close()));
      throw error;
    });

  const lease = startLease({
    leaseMs,
    renewEveryMs: Math.min(RENEW_EVERY_MS, leaseMs / 4),
    marginMs: Math.min(LEASE_MARGIN_MS, leaseMs * 0.3),
    renew: () => leaseLink.run(leaseMs, (connection) => renewLease(connection, membership)),
    onFailure: (error) => logger.warn({ err: error }, 'The lease could not be renewed'),
  });
  const holder = createLaneHolder(membership, options.applier);
  const turns = createTurnTaking();
  const runner = createBatchRunner({
    membership,
    holder,
    applier: options.applier,
    readLink,
    applyLink,
    leaseHeld: () => lease.held(),
    limits: { ...DEFAULT_BATCH_LIMITS, ...options.limits },
    logger,
    observer: options.observer ?? {},
    ...(options.beforeCommit === undefined ? {} : { beforeCommit: options.beforeCommit }),
  });
  const stopping = new AbortController();

  const keepApplying = async (): Promise<void> => {
    let appliedAt = -Infinity;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const applied = await turns.run(() => runner.runOnce());
        if (failures > 0) logger.info({ failures }, 'Batches are applied again');
        failures = 0;
        const now = performance.now();
        if (applied > 0) appliedAt = now;
        if (applied >= BACKLOG_EVENTS) continue;
        await pause(now - appliedAt < BUSY_FOR_MS ? BUSY_POLL_MS : IDLE_POLL_MS, stopping.signal);
      } catch (error) {
        if (failures === 0) logger.warn({ err: error }, 'A batch could not be applied; it is tried again');
        failures += 1;
        await pause(retryDelayMs(failures - 1), stopping.signal);
      }
    }
  };

  const keepBalanced = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (lease.held()) {
        await rebalanceLink
          .run(leaseMs * 2, (connection) =>
            rebalance(connection, {
              membership,
              holder,
              betweenBatches: (work) => turns.run(() => runner.settled().then(work)),
              onMove: (move) => logger.info(move, 'Lanes moved'),
            }),
          )
          .catch((error: unknown) => logger.warn({ err: error }, 'Lanes could not be shared out'));
        options.observer?.lanesOwned?.(holder.all().length);
      }
      await pause(Math.min(REBALANCE_EVERY_MS, leaseMs / 8), stopping.signal);
    }
  };

  const loops = [keepApplying(), keepBalanced()];

  return {
    ownedLanes: () => holder.all().map(({ lane }) => ({ generation: membership.generation, lane })),
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await Promise.all(loops);
      await runner.settled();
      await lease.stop();
      const lanes = holder.all();
      holder.drop(lanes);
      await rebalanceLink
        .run(leaseMs, async (connection) => {
          await releaseLanes(connection, membership, lanes);
          await leaveGroup(connection, membership);
        })
        .catch((error: unknown) =>
          logger.warn({ err: error }, 'Lanes could not be handed back; they come free with the lease'),
        );
      await Promise.all([leaseLink, rebalanceLink, readLink, applyLink].map((open) => open.close()));
    },
  };
}
