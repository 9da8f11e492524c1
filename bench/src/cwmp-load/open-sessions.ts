import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../load/monotonic-clock.js';
import type { OpenSessions, OpenSessionsResult } from './session-load.js';
import { createInformRequest, emptyRequest } from './session-requests.js';

/** A CPE whose session is open. */
interface OpenSession {
  socket: Socket;
  /** Headers of its InformResponse. */
  head: string;
}

/**
 * Opens all sessions, tells when they are, holds them, and ends each.
 * @throws Error when any answer is not the one of a session
 */
export async function runOpenSessions(job: OpenSessions, allOpen: () => void): Promise<OpenSessionsResult> {
  const startedMs = monotonicMs();
  const open: OpenSession[] = [];
  let next = 0;
  const opener = async (): Promise<void> => {
    for (let device = next++; device < job.sessions; device = next++) open.push(await openOne(job, device));
  };
  await Promise.all(Array.from({ length: job.openingAtOnce }, opener));
  const openedInSeconds = (monotonicMs() - startedMs) / 1000;
  allOpen();
  await sleep(job.holdMs);
  let finished = 0;
  for (const { socket, head } of open) {
    const answer = answerOf(socket);
    socket.write(emptyRequest(job.target, head));
    const status = (await answer).slice(9, 12);
    if (status !== '204') throw new Error(`an empty POST was answered ${status}`);
    finished += 1;
    socket.destroy();
  }
  return { finished, openedInSeconds };
}

async function openOne({ target, pauseMs }: OpenSessions, device: number): Promise<OpenSession> {
  const socket = connect({ ...target, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const inform = createInformRequest(target);
  inform.fill(device, Date.now());
  const half = inform.bytes.length >> 1;
  socket.write(inform.bytes.subarray(0, half));
  await sleep(pauseMs);
  const answer = answerOf(socket);
  socket.write(inform.bytes.subarray(half));
  const head = await answer;
  if (head.slice(9, 12) !== '200') throw new Error(`an Inform was answered ${head.slice(9, 12)}`);
  return { socket, head };
}

/** The first bytes of the next answer: ours come whole. */
function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new Error('a connection was closed'));
    socket.once('close', lost);
    socket.once('data', (bytes: Buffer) => {
      socket.off('close', lost);
      resolve(bytes.toString('latin1'));
    });
  });
}
