import type { DeviceRecord, SourceRecord } from './device-record.js';
import type { ReportData } from './event.js';
import { reportInForce } from './report-values.js';

const UPTIME = 'uptime_seconds';
/** Uptime that has grown by no more than this may be one that is told in whole minutes, or that stands still. */
const COARSE_SECONDS = 120;
/** Longer uptimes are none. */
const LONGEST_UPTIME_SECONDS = 1e10;
/** Counters of 32 bits in milliseconds and in hundredths of a second begin again after 49.7 and 497 days. */
const WRAPS_MS = [2 ** 32, 2 ** 32 * 10] as const;
/** Two reckonings of when a device started, from uptime and arrival, that differ by less mean the same start. */
export const SAME_START_MS = 120_000;
/** Uptimes are told in whole seconds, and reports take a while. */
const ROUNDED_MS = 10_000;

/** Whether two reckonings of a device's start are of different boots; a counter that began again is none. */
export function isOtherBoot(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return false;
  const apart = Math.abs(one - other);
  return apart > SAME_START_MS && WRAPS_MS.every((wrap) => Math.abs(apart - wrap) > SAME_START_MS);
}

/**
 * When the device started by the uptime that a report tells, epoch ms; null when it tells none that was read with it.
 * @param madeAt when the report was made, by the clock of whoever received it
 */
export function startToldBy({ metrics, read_at: readAt }: ReportData, madeAt: number): number | null {
  const uptime = metrics?.[UPTIME];
  if (uptime === undefined || readAt?.[UPTIME] !== undefined) return null;
  return uptime >= 0 && uptime < LONGEST_UPTIME_SECONDS ? Math.round(madeAt - uptime * 1000) : null;
}

/** When the device started by the uptime in force, epoch ms; null where none is known. */
export function startInForce(record: DeviceRecord): number | null {
  const known = reportInForce(record, 'metrics', UPTIME)?.report;
  return known === undefined ? null : known.rankAt - known.metrics[UPTIME]! * 1000;
}

/**
 * Whether an uptime goes on from the one in force: it was the client that restarted, and not the device. One that restarts
 * every minute has starts that are close together, but each lies after the report before it.
 * @param startedAt by `startToldBy`
 */
export function hasGoneOn(record: DeviceRecord, startedAt: number | null): boolean {
  const known = reportInForce(record, 'metrics', UPTIME)?.report;
  if (known === undefined || startedAt === null) return false;
  const startedBefore = known.rankAt - known.metrics[UPTIME]! * 1000;
  if (isOtherBoot(startedAt, startedBefore)) return false;
  return startedAt <= known.rankAt + ROUNDED_MS || startedAt - startedBefore > SAME_START_MS;
}

/**
 * Whether the uptime of a report shows that the device has started since the newest report of its source: it is shorter
 * than the time between the two. By their own clock as well, where they tell one: a relay may have held a report back.
 * @param startedAt by `startToldBy`
 * @param deviceTime of the report
 */
export function hasStartedSince(
  { reports }: SourceRecord,
  { metrics }: ReportData,
  startedAt: number,
  deviceTime: number | null,
): boolean {
  const newest = reports[0];
  // First what decides for nearly every report, and costs no look into its values.
  if (newest === undefined || startedAt <= newest.rankAt) return false;
  const before = newest.metrics[UPTIME];
  if (before === undefined) return false;
  const uptime = metrics![UPTIME]!;
  if (uptime >= before && uptime <= before + COARSE_SECONDS) return false;
  if (!isOtherBoot(startedAt, newest.rankAt - before * 1000)) return false;
  return deviceTime === null || newest.deviceTime === null || deviceTime - uptime * 1000 > newest.deviceTime;
}
