import type { Report } from './report-bodies.js';

/** The ways a report travels. */
export const PATHS = ['heartbeat', 'telemetry', 'webhook'] as const;
export type Path = (typeof PATHS)[number];

/**
 * Reports that travel in one request: one of a CPE or a relaying ACS, or a gateway's batch. It lives from the moment
 * the reports fall due until they are acknowledged, refused for good or abandoned, and is retried as a whole.
 */
export interface Shipment {
  readonly path: Path;
  readonly reports: Report[];
  state: 'collecting' | 'queued' | 'in_flight' | 'waiting' | 'ended';
  /** Requests made so far. */
  attempts: number;
  /** Failures so far: TR-069's RetryCount. */
  retryCount: number;
  /** When it is tried again, while waiting. */
  retryAtMs: number;
  /** Not before this, because the target said so (Retry-After). */
  notBeforeMs: number;
  /** An attempt may have been stored although nobody said so. */
  inDoubt: boolean;
}

export const createShipment = (path: Path): Shipment => ({
  path,
  reports: [],
  state: 'collecting',
  attempts: 0,
  retryCount: 0,
  retryAtMs: 0,
  notBeforeMs: 0,
  inDoubt: false,
});
