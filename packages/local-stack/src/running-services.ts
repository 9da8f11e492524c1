import { join } from 'node:path';
import { openLogFile } from './log-file.js';
import { shortenLogLine } from './log-line.js';
import { firstReplicaPorts, SERVICES, type ReplicaPorts, type ServiceName } from './port-plan.js';
import { createServiceGroup, type ReplicaStatus, type ServiceGroup } from './service-group.js';
import type { ServiceProgram } from './service-set.js';
import type { Terminal } from './terminal.js';

/** How long each kind of service has to finish what is in hand, in the order in which they are stopped: senders first. */
const STOP_ORDER: readonly { services: readonly ServiceName[]; graceMs: number }[] = [
  { services: ['cpe-simulator'], graceMs: 2000 },
  { services: ['acs-ingest', 'cpemon-api'], graceMs: 2500 },
  { services: ['cpemon-writer'], graceMs: 2500 },
];

export interface RunningServicesOptions {
  programs: Record<ServiceName, ServiceProgram>;
  basePort: number;
  logFolder: string;
  terminal: Terminal;
  onChange: () => void;
}

export interface RunningServices {
  group(name: ServiceName): ServiceGroup;
  running(): ReplicaStatus[];
  /** Changes the number of replicas; one change a service at a time. */
  scale(name: ServiceName, replicas: number): Promise<void>;
  /** @param graceMs at most so long for each step; less than the usual time to end in haste */
  stop(graceMs?: number): Promise<void>;
}

/** The services of a stack, none of them started yet. */
export function createRunningServices(options: RunningServicesOptions): RunningServices {
  const { programs, basePort, terminal } = options;
  const takenPorts = new Set<number>(
    SERVICES.flatMap(
      (name) => Object.values(firstReplicaPorts(name, basePort) satisfies ReplicaPorts) as number[],
    ),
  );
  const groups = Object.fromEntries(
    SERVICES.map((name) => {
      const logs = new Map<number, (line: string) => void>();
      const titleOf = (replica: number) => (replica === 1 ? name : `${name}-${replica}`);
      const group = createServiceGroup({
        program: programs[name],
        firstPorts: firstReplicaPorts(name, basePort),
        basePort,
        takenPorts,
        onLine: (replica, line) => {
          const log = logs.get(replica) ?? openLogFile(join(options.logFolder, `${titleOf(replica)}.log`));
          logs.set(replica, log);
          log(line);
          const short = shortenLogLine(line);
          if (short !== null) terminal.line(titleOf(replica), short);
        },
        onChange: options.onChange,
        onFailure: (replica, how, restartMs) =>
          terminal.line(titleOf(replica), {
            level: 'warn',
            text: `ended by itself (${how}), starting it again in ${restartMs / 1000} s`,
          }),
      });
      return [name, group];
    }),
  ) as Record<ServiceName, ServiceGroup>;

  const stopStep = ({ services, graceMs }: (typeof STOP_ORDER)[number], mostMs: number) =>
    Promise.all(services.map((name) => groups[name].scale(0, Math.min(graceMs, mostMs))));

  return {
    group: (name) => groups[name],
    running: () => SERVICES.flatMap((name) => groups[name].running()),
    scale: (name, replicas) => groups[name].scale(replicas, 8000),
    stop: async (graceMs = Infinity) => {
      for (const step of STOP_ORDER) await stopStep(step, graceMs);
    },
  };
}
