import type { ControlActions } from './control-server.js';
import { SERVICES } from './port-plan.js';
import { untilReady } from './readiness.js';
import type { RunningServices } from './running-services.js';
import type { ReplicaStatus } from './service-group.js';
import { MOST_REPLICAS } from './start-options.js';

/** What the supervisor answers about its services. */
export interface StackStatus {
  services: { name: string; replicas: number; running: ReplicaStatus[] }[];
  database: { pid: number | null };
}

export interface ScaleAnswer {
  running: ReplicaStatus[];
  /** False when a replica did not become ready in time; it is kept running. */
  ready: boolean;
}

export interface ControlledStack {
  services: RunningServices;
  databasePid: () => number | null;
  /** Aborted when the stack ends. */
  signal: AbortSignal;
}

const READY_TIMEOUT_MS = 15_000;

/** The supervisor's side of `npm run cpemon -- scale` and `status`. */
export function controlActions({ services, databasePid, signal }: ControlledStack): ControlActions {
  return {
    status: (): StackStatus => ({
      services: SERVICES.map((name) => {
        const group = services.group(name);
        return { name, replicas: group.size(), running: group.running() };
      }),
      database: { pid: databasePid() },
    }),
    scale: async (name, replicas): Promise<ScaleAnswer> => {
      const service = SERVICES.find((known) => known === name);
      if (service === undefined)
        throw new Error(`There is no service ${name}; there are ${SERVICES.join(', ')}`);
      if (!Number.isInteger(replicas) || replicas < 0 || replicas > MOST_REPLICAS) {
        throw new Error(`The number of replicas must be a whole number from 0 to ${MOST_REPLICAS}`);
      }
      if (signal.aborted) throw new Error('The stack is stopping');
      await services.scale(service, replicas);
      const group = services.group(service);
      const urls = () => group.running().map(({ opsUrl }) => opsUrl);
      const ready = await untilReady(urls, replicas, { timeoutMs: READY_TIMEOUT_MS, signal });
      return { running: group.running(), ready };
    },
  };
}
