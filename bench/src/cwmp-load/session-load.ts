import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LatencySummary } from '../report/percentiles.js';
import type { CwmpTarget } from './session-requests.js';

/** Every connection begins its next session as soon as the last has ended. */
export interface ClosedSessions {
  kind: 'closed';
  target: CwmpTarget;
  devices: number;
  connections: number;
  warmUpMs: number;
  measureMs: number;
}

/** So many sessions are opened, each by a slow CPE on a connection of its own, and end when all are open. */
export interface OpenSessions {
  kind: 'open';
  target: CwmpTarget;
  sessions: number;
  /** How many are on their way to being open at once. */
  openingAtOnce: number;
  /** The body of an Inform comes in two halves, this far apart. */
  pauseMs: number;
  /** All stay open so long. */
  holdMs: number;
}

export interface ClosedSessionsResult {
  /** Whole sessions: their Inform was answered 200 and their empty POST 204. */
  finished: number;
  measured: number;
  measuredSeconds: number;
  /** Of whole sessions. */
  latencyMs: LatencySummary;
  /** What was not answered as it should: "POST 503" and how often. */
  unexpected: Record<string, number>;
  cores: number;
}

export interface OpenSessionsResult {
  finished: number;
  /** From the first connection to the moment at which all were open. */
  openedInSeconds: number;
}

export type SessionJob = ClosedSessions | OpenSessions;
export type SessionResult<Job> = Job extends ClosedSessions ? ClosedSessionsResult : OpenSessionsResult;
export type SessionAnswer =
  { open: true } | { result: ClosedSessionsResult | OpenSessionsResult } | { error: string };

/**
 * Runs sessions from a process of its own.
 * @param allOpen called when all sessions of an `OpenSessions` are open
 */
export async function runSessions<Job extends SessionJob>(
  job: Job,
  allOpen: () => void = () => undefined,
): Promise<SessionResult<Job>> {
  const child = fork(join(__dirname, 'session-process.js'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const result = new Promise<SessionResult<Job>>((resolve, reject) => {
    child.on('message', (answer: SessionAnswer) => {
      if ('open' in answer) allOpen();
      else if ('error' in answer) reject(new Error(`session generator: ${answer.error}`));
      else resolve(answer.result as SessionResult<Job>);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the session generator ended: ${signal ?? code}`)));
  });
  child.send(job);
  try {
    return await result;
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}
