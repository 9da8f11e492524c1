import { furtherReplicaPorts, type ReplicaPorts } from './port-plan.js';
import type { ProcessIdentity } from './process-identity.js';
import type { ServiceProgram } from './service-set.js';
import { superviseProcess, type SupervisedProcess } from './supervised-process.js';

/** A running replica as it is shown to people. */
export interface ReplicaStatus {
  name: string;
  replica: number;
  process: ProcessIdentity;
  url?: string;
  /** Where CPEs post to. */
  cwmpUrl?: string;
  opsUrl: string;
}

export interface ServiceGroupOptions {
  program: ServiceProgram;
  /** Where the first replica always is. */
  firstPorts: ReplicaPorts;
  basePort: number;
  /** Ports of the whole stack, in use or reserved. */
  takenPorts: Set<number>;
  onLine: (replica: number, line: string) => void;
  onChange: () => void;
  onFailure: (replica: number, how: string, restartMs: number) => void;
}

export interface ServiceGroup {
  /** Number of replicas that are kept running. */
  size(): number;
  /** Replicas that run now; one that waits for its restart is missing. */
  running(): ReplicaStatus[];
  /** Starts the missing ones, or ends the last ones and waits until they are gone. */
  scale(replicas: number, graceMs: number): Promise<void>;
}

/** The replicas of one service, numbered from 1. */
export function createServiceGroup(options: ServiceGroupOptions): ServiceGroup {
  const { program, takenPorts } = options;
  const replicas: { ports: ReplicaPorts; supervised: SupervisedProcess }[] = [];
  let changes: Promise<void> = Promise.resolve();

  const add = async (): Promise<void> => {
    const number = replicas.length + 1;
    const ports =
      number === 1
        ? options.firstPorts
        : await furtherReplicaPorts(program.name, options.basePort, takenPorts);
    for (const port of Object.values(ports) as number[]) takenPorts.add(port);
    const supervised = superviseProcess({
      command: program.command,
      folder: program.folder,
      environment: program.environment(number, ports),
      onLine: (line) => options.onLine(number, line),
      // Once this replica is listed: its start is a change already.
      onChange: () => queueMicrotask(options.onChange),
      onFailure: (how, restartMs) => options.onFailure(number, how, restartMs),
    });
    replicas.push({ ports, supervised });
  };

  const removeLast = async (graceMs: number, count: number): Promise<void> => {
    const leaving = replicas.splice(replicas.length - count, count);
    await Promise.all(leaving.map(({ supervised }) => supervised.stop(graceMs)));
    for (const { ports } of leaving)
      for (const port of Object.values(ports) as number[]) takenPorts.delete(port);
    options.onChange();
  };

  return {
    size: () => replicas.length,
    running: () =>
      replicas.flatMap(({ ports, supervised }, index) => {
        const process = supervised.process();
        if (process === null) return [];
        return [
          {
            name: program.name,
            replica: index + 1,
            process,
            opsUrl: `http://127.0.0.1:${ports.opsPort}`,
            ...(ports.port === undefined ? {} : { url: `http://127.0.0.1:${ports.port}` }),
            ...(ports.cwmpPort === undefined ? {} : { cwmpUrl: `http://127.0.0.1:${ports.cwmpPort}/cwmp` }),
          },
        ];
      }),
    scale: (wanted, graceMs) => {
      // One change after the other: two people may scale at once.
      changes = changes
        .catch(() => undefined)
        .then(async () => {
          while (replicas.length < wanted) await add();
          if (replicas.length > wanted) await removeLast(graceMs, replicas.length - wanted);
        });
      return changes;
    },
  };
}
