import { createHmac } from 'node:crypto';
import type { Tokens } from '../stack/chaos-stack.js';

export type Path = 'telemetry' | 'heartbeat' | 'webhook';

/** One event as its sender words it. */
export interface WireEvent {
  device: number;
  n: number;
  json: string;
}

/** A request that can be sent again, byte for byte. */
export interface WireRequest {
  path: Path;
  events: readonly WireEvent[];
  headers: Record<string, string>;
  body: string;
}

export interface EventFacts {
  device: number;
  serialNumber: string;
  n: number;
  /** The device's time, epoch ms. */
  at: number;
  intervalSeconds: number;
  /** Further fields: what makes it a test event. */
  extra?: Record<string, string>;
}

/** The counter is a metric, so that the device's state shows the last one; both numbers come again as extra fields. */
export function wireEvent(path: Path, facts: EventFacts): WireEvent {
  const { device, n, serialNumber, at, intervalSeconds, extra } = facts;
  const time = new Date(at).toISOString();
  const json = JSON.stringify({
    sn: serialNumber,
    ...(path === 'webhook' ? { event_ts: time, event: '2 PERIODIC' } : { ts: time }),
    interval_seconds: intervalSeconds,
    uptime_seconds: n,
    chaos_device: device,
    chaos_n: n,
    ...extra,
  });
  return { device, n, json };
}

/** @param key the sender's id; absent: the event is recognised by what it says */
export function wireRequest(
  path: Path,
  events: readonly WireEvent[],
  tokens: Tokens,
  key: string | undefined,
): WireRequest {
  const body = path === 'telemetry' ? `[${events.map(({ json }) => json).join(',')}]` : events[0]!.json;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (path === 'webhook') {
    headers['x-signature'] =
      `sha256=${createHmac('sha256', tokens.webhookSecret).update(body).digest('hex')}`;
    if (key !== undefined) headers['webhook-id'] = key;
  } else {
    headers['authorization'] = `Bearer ${tokens.ingest}`;
    if (key !== undefined) headers['idempotency-key'] = key;
  }
  return { path, events, headers, body };
}

export const URL_PATHS: Record<Path, string> = {
  telemetry: '/v1/telemetry',
  heartbeat: '/cpe/heartbeat',
  webhook: '/acs/webhook',
};
