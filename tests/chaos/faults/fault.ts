import type { SingleConnection } from '@cpemon/database';
import type { ClockSwitch } from '../stack/clock-switch.js';
import type { ChaosStack } from '../stack/chaos-stack.js';
import type { Replica, ServiceName } from '../stack/replica.js';

/** Where faults are injected. */
export interface FaultSite {
  stack: ChaosStack;
  /** Where the clocks of the processes can be set. */
  clocks: ClockSwitch | undefined;
  /** The small filesystem on which the database lies, where there is one. */
  disk: SmallDisk | undefined;
}

export interface SmallDisk {
  /** Leaves no room. */
  fill(): void;
  free(): void;
}

/** What the seed has decided of one fault. */
export interface PlannedFault {
  /** Milliseconds after the load began. */
  at: number;
  kind: string;
  /** Which of the possible targets, 0 to 1. */
  pick: number;
  /** How long the cause lasts. */
  holdMs: number;
}

/** A way to do harm. */
export interface FaultKind {
  name: string;
  /** Range of `holdMs`. */
  holdMs: readonly [number, number];
  /** Why it cannot be done here; undefined when it can. */
  unavailable?(site: FaultSite): string | undefined;
  /**
   * Does it, and undoes it after `holdMs`. Resolves when the cause is gone.
   * @returns what it hit
   */
  inject(site: FaultSite, plan: PlannedFault): Promise<string>;
}

export const INTAKE: readonly ServiceName[] = ['acs-ingest', 'cpemon-api'];

/** The place that `pick` (0 to 1) falls on, among those of the services that are meant to run. */
export function pickReplica(site: FaultSite, services: readonly ServiceName[], pick: number): Replica {
  const running = site.stack.replicas.filter(
    (replica) => services.includes(replica.service) && replica.wanted(),
  );
  const replica = running[Math.min(running.length - 1, Math.floor(pick * running.length))];
  if (replica === undefined) throw new Error(`no ${services.join(' or ')} is meant to run now`);
  return replica;
}

/** Runs `work` in a transaction that is rolled back, on a connection beside the proxies. */
export function holding(
  site: FaultSite,
  work: (connection: SingleConnection) => Promise<void>,
): Promise<void> {
  return site.stack.database.using(async (connection) => {
    await connection.query('SET SESSION innodb_lock_wait_timeout = 5');
    await connection.query('START TRANSACTION');
    try {
      await work(connection);
    } finally {
      await connection.query('ROLLBACK').catch(() => undefined);
    }
  });
}
