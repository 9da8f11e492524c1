import { CANONICAL_HEARTBEAT, HEARTBEAT_BYTES, writeHeartbeat } from './heartbeat-bytes.js';
import type { FleetSchedule } from './fleet-plan.js';

export interface RequestTarget {
  host: string;
  port: number;
  /** Path, for example `/cpe/heartbeat`. */
  path: string;
  /** Bearer token; none is sent when absent. */
  token?: string;
  /** Events a request: 1 sends the heartbeat itself, more a JSON array. */
  batch: number;
}

/** One request of one connection, written in place for each turn. */
export interface RequestTemplate {
  bytes: Buffer;
  /** Makes the request carry events n to n + batch − 1. */
  fill(n: number, schedule: FleetSchedule): void;
}

export function createRequestTemplate(target: RequestTarget): RequestTemplate {
  const events = Array.from({ length: target.batch }, () => CANONICAL_HEARTBEAT).join(',');
  const body = target.batch === 1 ? events : `[${events}]`;
  const head = [
    `POST ${target.path} HTTP/1.1`,
    `Host: ${target.host}:${target.port}`,
    'Content-Type: application/json',
    ...(target.token === undefined ? [] : [`Authorization: Bearer ${target.token}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '\r\n',
  ].join('\r\n');
  const bytes = Buffer.from(head + body, 'latin1');
  const firstEventAt = head.length + (target.batch === 1 ? 0 : 1);
  let writtenMs = -1;
  let time = '';
  return {
    bytes,
    fill(n, schedule) {
      for (let index = 0; index < target.batch; index++) {
        const timeMs = schedule.timeOf(n + index);
        if (timeMs !== writtenMs) {
          writtenMs = timeMs;
          time = new Date(timeMs).toISOString();
        }
        const offset = firstEventAt + index * (HEARTBEAT_BYTES + 1);
        writeHeartbeat(bytes, offset, { device: schedule.deviceOf(n + index), n: n + index, time, timeMs });
      }
    },
  };
}
