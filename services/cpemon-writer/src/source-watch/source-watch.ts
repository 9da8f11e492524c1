import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DatabaseAddress, type SingleConnection } from '@cpemon/database';
import type { SilenceSettings } from '@cpemon/domain';
import type { Logger } from '@cpemon/service-kit';
import { JobLostError, claimJob, releaseJob, transactUnderLease, type JobLease } from '@cpemon/store';
import type { WriterMetrics } from '../metrics.js';
import { decideSilences, nothingHeard, type DecidedSilences } from './decide-silences.js';

export interface SourceWatchOptions {
  address: DatabaseAddress;
  /** Name of this process among those that do scheduled work. */
  owner: string;
  settings: SilenceSettings;
  metrics: Pick<WriterMetrics, 'sourcesSilent' | 'sourcesDecided'>;
  logger: Logger;
}

const JOB = { job: 'source-watch', schedule: { everyMinutes: 1, atMinute: 0 } };
/** As long as a lease of a lane: deadlines wait for the decision. */
const LEASE_MS = 5000;
const DECIDE_EVERY_MS = 1000;
/** How often the others look whether nobody decides any more. */
const LOOK_EVERY_MS = 2000;

/** Decides once a second which sources are silent, as long as no other writer does. */
export function startSourceWatch(options: SourceWatchOptions): { stop(): Promise<void> } {
  const { address, owner, logger } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
  let failing = false;

  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      let connection: SingleConnection | undefined;
      try {
        connection = await connect(address, { lockWaitSeconds: 2, abandonedAfterSeconds: LEASE_MS / 1000 });
        const lease = await claimJob(connection, { ...JOB, owner, leaseMs: LEASE_MS });
        if (lease !== null) await decideUntilStopped(connection, lease, options, signal, pause);
        failing = false;
      } catch (error) {
        if (!failing && !(error instanceof JobLostError))
          logger.warn(
            { err: error },
            'Cannot decide which sources are silent: no device turns offline until somebody can; it is tried again',
          );
        failing = true;
      } finally {
        connection?.destroy();
      }
      options.metrics.sourcesSilent([]);
      await pause(LOOK_EVERY_MS);
    }
  };
  const underWay = watch();
  return {
    async stop() {
      stopping.abort();
      await underWay;
    },
  };
}

async function decideUntilStopped(
  connection: SingleConnection,
  lease: JobLease,
  { settings, metrics, logger }: SourceWatchOptions,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const heard = nothingHeard();
  while (!signal.aborted) {
    const decided = await decideSilences(
      connection,
      (work) => transactUnderLease(connection, lease, work),
      heard,
      settings,
    );
    if (decided !== null) {
      tell(decided, logger);
      metrics.sourcesDecided(decided.until);
      metrics.sourcesSilent(decided.open.filter(({ kind }) => kind === 'source').map(({ name }) => name));
    }
    await pause(DECIDE_EVERY_MS);
  }
  await releaseJob(connection, lease);
}

function tell({ opened, closed }: DecidedSilences, logger: Logger): void {
  for (const { kind, name, startedAt, usualPerMinute, devices } of opened) {
    logger.error(
      { kind, name, since: new Date(startedAt).toISOString(), usualPerMinute, devices },
      'A source brings nothing any more: nobody can say whether its devices live',
    );
  }
  for (const { kind, name, startedAt, endedAt } of closed) {
    const seconds = Math.round((endedAt! - startedAt) / 1000);
    logger.info({ kind, name, seconds }, 'A source that was silent reports again');
  }
}
