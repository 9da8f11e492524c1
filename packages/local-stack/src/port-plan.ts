import { createServer } from 'node:net';

export const DEFAULT_BASE_PORT = 8080;

export const SERVICES = ['cpemon-api', 'acs-ingest', 'cpemon-writer', 'cpe-simulator'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Ports of the first replica of each service and of the database, with --base-port at its default. */
const PORTS = {
  'cpemon-api': { port: 8080, opsPort: 9101 },
  // 7547 is the port of CWMP; the other takes webhooks, and sessions as well.
  'acs-ingest': { port: 8081, cwmpPort: 7547, opsPort: 9102 },
  'cpemon-writer': { opsPort: 9103 },
  'cpe-simulator': { port: 8083, opsPort: 9104 },
} as const;
const DATABASE_PORT = 13306;

/** Further replicas look for free ports from here on. */
const FURTHER = { port: 8090, cwmpPort: 7560, opsPort: 9110 };
const FURTHER_RANGE = 200;

/** The lowest port of the plan is that of CWMP. */
export const SMALLEST_BASE_PORT = DEFAULT_BASE_PORT - 7547 + 1;
export const LARGEST_BASE_PORT = 65_535 - (DATABASE_PORT - DEFAULT_BASE_PORT);

export interface ReplicaPorts {
  /** Public port; absent when the service has none. */
  port?: number;
  /** For CPEs alone; absent when the service talks no CWMP. */
  cwmpPort?: number;
  opsPort: number;
}

export function firstReplicaPorts(service: ServiceName, basePort: number): ReplicaPorts {
  const shift = basePort - DEFAULT_BASE_PORT;
  const { opsPort, ...rest } = PORTS[service];
  return {
    opsPort: opsPort + shift,
    ...('port' in rest ? { port: rest.port + shift } : {}),
    ...('cwmpPort' in rest ? { cwmpPort: rest.cwmpPort + shift } : {}),
  };
}

export function databasePort(basePort: number): number {
  return DATABASE_PORT + basePort - DEFAULT_BASE_PORT;
}

/**
 * Ports for one more replica: the next ones that nothing listens on and that `taken` does not hold.
 * @throws Error when there is none
 */
export async function furtherReplicaPorts(
  service: ServiceName,
  basePort: number,
  taken: ReadonlySet<number>,
): Promise<ReplicaPorts> {
  const shift = basePort - DEFAULT_BASE_PORT;
  const next = async (from: number): Promise<number> => {
    for (let port = from; port < Math.min(from + FURTHER_RANGE, 65_536); port++) {
      if (!taken.has(port) && (await isPortFree(port))) return port;
    }
    throw new Error(`No free port between ${from} and ${from + FURTHER_RANGE - 1} for another ${service}`);
  };
  return {
    opsPort: await next(FURTHER.opsPort + shift),
    ...('port' in PORTS[service] ? { port: await next(FURTHER.port + shift) } : {}),
    ...('cwmpPort' in PORTS[service] ? { cwmpPort: await next(FURTHER.cwmpPort + shift) } : {}),
  };
}

/** Whether a server could listen on 127.0.0.1 at that port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer();
    probe.once('error', () => settle(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => settle(true)));
  });
}

/** @throws Error with a sentence that names each port that is taken, and for whom it was meant */
export async function requireFreePorts(wanted: readonly { owner: string; port: number }[]): Promise<void> {
  const taken: string[] = [];
  for (const { owner, port } of wanted) {
    if (!(await isPortFree(port))) taken.push(`Port ${port} (${owner}) is taken by another program.`);
  }
  if (taken.length === 0) return;
  throw new Error(
    [...taken, 'End what uses it, or move all ports with --base-port: npm start -- --base-port 18080'].join(
      '\n',
    ),
  );
}
