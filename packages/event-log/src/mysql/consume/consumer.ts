import { hostname } from 'node:os';
import type { DatabaseAddress } from '@cpemon/database';
import type { LaneApplier, LogConsumer } from '../../event-log.js';
import type { ConsumerObserver } from './batch-runner.js';
import { DEFAULT_BATCH_LIMITS, type BatchLimits } from './batch-plan.js';
import { NO_LOG, type EventLogLogger } from '../event-log-logger.js';
import { getGroupGeneration } from '../generations/generation.js';
import { startGenerationSession, type GenerationSession } from './generation-session.js';
import type { MoveHome } from '../generations/hand-over.js';
import type { LaneWork } from './lane-work.js';
import { startLease } from '../membership/lease.js';
import { checkLogShape } from '../generations/log-shape.js';
import {
  ensureOffsets,
  leaveGroup,
  releaseLanes,
  renewLease,
  type Membership,
} from '../membership/membership.js';
import { pause, retryDelayMs } from '../connection/retry-delay.js';
import { DEFAULT_RETRY_SCHEDULE, type RetrySchedule } from '../parking/retry-schedule.js';
import { createSteadyConnection } from '../connection/steady-connection.js';

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
  /** When parked events are tried again and given up. */
  retries?: Partial<RetrySchedule>;
  /** Further work of a lane's owner between batches. */
  works?: readonly LaneWork[];
  /** Moves what belongs to devices when the log gets a new generation; called by one member at a time. */
  moveHome?: MoveHome;
  /** Called inside every state transaction just before COMMIT; for tests that stop a process there. */
  beforeCommit?: () => Promise<void>;
}

/** A writer stops applying this long before its lease ends. */
const LEASE_MARGIN_MS = 1500;
const RENEW_EVERY_MS = 1000;

/**
 * Joins a consumer group: takes a fair share of the lanes under leases and applies their events in order, the
 * effect and the offset in one transaction. Resolves when the first lease is entered; lanes follow.
 * @throws LogShapeError when the log is not as this version needs it; the database's error when it cannot be reached
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
  const links = [leaseLink, rebalanceLink, readLink, applyLink];

  /** The generation that the group works on now, with a position of the group in each of its lanes. */
  const enterGeneration = (): Promise<Membership> =>
    rebalanceLink.run(leaseMs, async (connection) => {
      await checkLogShape(connection, options.group);
      const { generation } = await getGroupGeneration(connection, options.group);
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
    });

  let membership = await enterGeneration().catch(async (error: unknown) => {
    await Promise.all(links.map((made) => made.close()));
    throw error;
  });

  const lease = startLease({
    leaseMs,
    renewEveryMs: Math.min(RENEW_EVERY_MS, leaseMs / 4),
    marginMs: Math.min(LEASE_MARGIN_MS, leaseMs * 0.3),
    renew: () => leaseLink.run(leaseMs, (connection) => renewLease(connection, membership)),
    onFailure: (error) => logger.warn({ err: error }, 'The lease could not be renewed'),
  });

  const startSession = (): GenerationSession =>
    startGenerationSession({
      ...{ membership, rebalanceLink, readLink, applyLink, logger },
      applier: options.applier,
      leaseHeld: () => lease.held(),
      limits: { ...DEFAULT_BATCH_LIMITS, ...options.limits },
      retries: { ...DEFAULT_RETRY_SCHEDULE, ...options.retries },
      works: options.works ?? [],
      observer: options.observer ?? {},
      ...(options.moveHome === undefined ? {} : { moveHome: options.moveHome }),
      ...(options.beforeCommit === undefined ? {} : { beforeCommit: options.beforeCommit }),
    });
  let session = startSession();
  const stopping = new AbortController();

  /** From one generation to the next, as long as this process runs. */
  const keepUp = async (): Promise<void> => {
    for (;;) {
      await session.over;
      if (stopping.signal.aborted) return;
      await session.stop();
      for (let failures = 0; !stopping.signal.aborted; failures += 1) {
        try {
          membership = await enterGeneration();
          break;
        } catch (error) {
          logger.warn({ err: error }, 'The next generation of the log cannot be entered yet');
          await pause(retryDelayMs(failures), stopping.signal);
        }
      }
      if (stopping.signal.aborted) return;
      session = startSession();
    }
  };
  const keepingUp = keepUp();

  return {
    ownedLanes: () => session.ownedLanes(),
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      const lanes = await session.stop();
      await keepingUp;
      await lease.stop();
      await rebalanceLink
        .run(leaseMs, async (connection) => {
          await releaseLanes(connection, membership, lanes);
          await leaveGroup(connection, membership);
        })
        .catch((error: unknown) =>
          logger.warn({ err: error }, 'Lanes could not be handed back; they come free with the lease'),
        );
      await Promise.all(links.map((open) => open.close()));
    },
  };
}
