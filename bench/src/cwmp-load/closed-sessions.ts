import { openLoadConnection } from '../load/load-connection.js';
import { monotonicMs } from '../load/monotonic-clock.js';
import { startOwnCpuMeter } from '../load/load-tally.js';
import { summarise } from '../report/percentiles.js';
import type { ClosedSessions, ClosedSessionsResult } from './session-load.js';
import { createInformRequest, emptyRequest } from './session-requests.js';

/** A stride that has no divisor in common with a fleet of any usual size: a device comes again as late as it can. */
const STRIDE = 7919;

/** @throws Error when the server cannot be reached or ends a connection */
export async function runClosedSessions(job: ClosedSessions): Promise<ClosedSessionsResult> {
  const cores = startOwnCpuMeter();
  const startMs = Date.now();
  const measureFromMs = monotonicMs() + job.warmUpMs;
  const measureToMs = measureFromMs + job.measureMs;
  const latencies: number[] = [];
  const unexpected: Record<string, number> = {};
  let next = 0;
  let finished = 0;

  const drive = async (): Promise<void> => {
    const inform = createInformRequest(job.target);
    let begunMs = 0;
    let awaits: 200 | 204 = 200;
    await new Promise<void>((resolve, reject) => {
      openLoadConnection(job.target, {
        answered(status, _body, head) {
          if (status !== awaits) {
            const answer = `${awaits === 200 ? 'Inform' : 'empty POST'} ${status}`;
            unexpected[answer] = (unexpected[answer] ?? 0) + 1;
            return begin();
          }
          if (awaits === 200) {
            awaits = 204;
            return connection?.send(emptyRequest(job.target, head));
          }
          finished += 1;
          const nowMs = monotonicMs();
          if (nowMs >= measureFromMs && nowMs < measureToMs) latencies.push(nowMs - begunMs);
          begin();
        },
        lost: reject,
      }).then((opened) => {
        connection = opened;
        begin();
      }, reject);
      let connection: Awaited<ReturnType<typeof openLoadConnection>> | undefined;
      const begin = (): void => {
        begunMs = monotonicMs();
        if (begunMs >= measureToMs) {
          connection?.close();
          return resolve();
        }
        const session = next++;
        awaits = 200;
        // A time of its own for each session of a device.
        inform.fill((session * STRIDE) % job.devices, startMs + session);
        connection?.send(inform.bytes);
      };
    });
  };
  await Promise.all(Array.from({ length: job.connections }, drive));
  return {
    ...{ finished, unexpected, measured: latencies.length, measuredSeconds: job.measureMs / 1000 },
    ...{ latencyMs: summarise(latencies), cores: cores() },
  };
}
