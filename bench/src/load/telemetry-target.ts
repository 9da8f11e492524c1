import type { IngestProcess } from '../stack/private-stack.js';
import type { RequestTarget } from './request-template.js';

/** The body size of the word "events/s". */
export const EVENTS_PER_BODY = 200;

/** `POST /v1/telemetry` of a cpemon-api, with bodies of so many events. */
export const telemetryTarget = (
  api: Pick<IngestProcess, 'port' | 'token'>,
  batch = EVENTS_PER_BODY,
): RequestTarget => ({
  host: '127.0.0.1',
  port: api.port,
  path: '/v1/telemetry',
  token: api.token,
  batch,
});

/** Milliseconds from one body to the next at so many events a second. */
export const bodyEveryMs = (eventsPerSecond: number, batch = EVENTS_PER_BODY): number =>
  (batch / eventsPerSecond) * 1000;
