import { readFileSync } from 'node:fs';
import { formatDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import { writeFileAtomically } from './atomic-file.js';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';
import type { StackSecrets } from './secrets.js';
import type { ReplicaStatus } from './service-group.js';
import { CWMP_USER } from './service-set.js';

/** `<data>/stack.json`, kept current while a stack runs: what runs where, and how to log in. */
export interface StackFile {
  processes: {
    name: string;
    /** From 1. */
    replica: number;
    pid: number;
    /** Together with the number this names the process for good (process-identity.ts). */
    started: string;
    url?: string;
    /** Where CPEs post to. */
    cwmp_url?: string;
    ops_url: string;
  }[];
  database: {
    url: string;
    socket?: string;
    /** Absent when the database is a given one. */
    pid?: number;
    started?: string;
  };
  tokens: { operator: string; viewer: string; ingest: string };
  webhook_secret: string;
  /** Where CPEs post to: the first ingest service; absent while none runs. */
  cwmp_url?: string;
  cwmp_auth: { username: string; password: string };
  /** Where the supervisor takes requests (control-server.ts). */
  control_socket: string;
  supervisor: ProcessIdentity;
}

/** The stack file of a data folder, or null when there is none that can be read. */
export function readStackFile(file: string): StackFile | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackFile;
  } catch {
    return null;
  }
}

/** The services that a stack file names. */
export function processesOf(stack: StackFile): ProcessIdentity[] {
  return stack.processes.map(({ pid, started }) => ({ pid, started }));
}

export interface StackFacts {
  admin: DatabaseAddress;
  secrets: StackSecrets;
  controlSocket: string;
  /** The private server; null while it is down, and when the database is a given one. */
  server: ProcessIdentity | null;
  services: readonly ReplicaStatus[];
}

/** Replaces the stack file in one step; only its owner may read it. */
export function writeStackFile(
  file: string,
  { admin, secrets, controlSocket, server, services }: StackFacts,
): void {
  const cwmpUrl = services.find((one) => one.cwmpUrl !== undefined)?.cwmpUrl;
  const stack: StackFile = {
    processes: services.map(({ name, replica, process: { pid, started }, url, cwmpUrl, opsUrl }) => ({
      name,
      replica,
      pid,
      started,
      ...(url === undefined ? {} : { url }),
      ...(cwmpUrl === undefined ? {} : { cwmp_url: cwmpUrl }),
      ops_url: opsUrl,
    })),
    database: {
      url: formatDatabaseUrl(admin),
      ...(admin.socket === undefined ? {} : { socket: admin.socket }),
      ...(server ?? {}),
    },
    tokens: secrets.tokens,
    webhook_secret: secrets.webhookSecret,
    ...(cwmpUrl === undefined ? {} : { cwmp_url: cwmpUrl }),
    cwmp_auth: { username: CWMP_USER, password: secrets.cwmpPassword },
    control_socket: controlSocket,
    supervisor: identifyProcess(process.pid)!,
  };
  writeFileAtomically(file, `${JSON.stringify(stack, null, 2)}\n`);
}
