import type { HttpRequest } from './http-target.js';
import { WAYS, type ReportPath, type Way } from './report-ways.js';
import type { Report } from './reports/report.js';

/**
 * Reports that travel in one request or session: one of a CPE or a relaying ACS, or a gateway's batch. It lives from the
 * moment the reports fall due until they are acknowledged, refused for good or abandoned, and is retried as a whole.
 */
export interface Shipment {
  readonly way: Way;
  readonly path: ReportPath;
  readonly reports: Report[];
  state: 'collecting' | 'queued' | 'in_flight' | 'waiting' | 'retained' | 'ended';
  /** Requests made so far. */
  attempts: number;
  /** Reports that were in one of them. */
  sent: number;
  /** Failures so far: TR-069's RetryCount. */
  retryCount: number;
  /** When the last attempt failed, and when it is tried again, while waiting. */
  waitingSinceMs: number;
  retryAtMs: number;
  /** Not before this, because the target said so (Retry-After). */
  notBeforeMs: number;
  /** The request as it was, kept when the device has changed since: a repeat must be the same, byte for byte. */
  frozen: HttpRequest | undefined;
  /** Of bulk data: which of the device's profiles. */
  profile: number;
}

export const createShipment = (way: Way): Shipment => ({
  way,
  path: WAYS[way],
  reports: [],
  state: 'collecting',
  attempts: 0,
  sent: 0,
  retryCount: 0,
  waitingSinceMs: 0,
  retryAtMs: 0,
  notBeforeMs: 0,
  frozen: undefined,
  profile: 0,
});

/** The only report of a shipment that is no batch. */
export function onlyReport({ reports }: Pick<Shipment, 'reports'>): Report {
  const [report] = reports;
  if (report === undefined) throw new Error('a shipment without a report');
  return report;
}
