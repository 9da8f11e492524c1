import type { SourceRecord } from './device-record.js';
import type { ReportData } from './event.js';
import { isOfProfile } from './profile-source.js';
import type { ReachabilitySettings } from './reachability.js';
import { expectedIntervalMs } from './reporting-interval.js';

/** Profiles of a device that are remembered; devices have one to four. */
export const MOST_PROFILES = 16;

/** Makes room for one more profile: that which was silent for the longest goes, with its values. */
export function forgetProfiles(sources: SourceRecord[]): void {
  let profiles = 0;
  for (const { source } of sources) if (isOfProfile(source)) profiles += 1;
  for (let at = sources.length - 1; at >= 0 && profiles >= MOST_PROFILES; at -= 1) {
    if (!isOfProfile(sources[at]!.source)) continue;
    sources.splice(at, 1);
    profiles -= 1;
  }
}

/** 31 days: what lies further apart was measured by two clocks. */
const FURTHEST_BEHIND_MS = 31 * 86_400_000;

/**
 * How much older a retained report is than the newest of its body, ms; 0 for any other. Where no clock tells it, reports
 * are taken to lie an interval apart, which is the best guess there is.
 */
export function behindMs(data: ReportData, source: SourceRecord, settings: ReachabilitySettings): number {
  const { behind_ms: told, behind_reports: reports } = data;
  if (told === undefined && reports === undefined) return 0;
  const behind = told ?? reports! * expectedIntervalMs(source, settings);
  return behind > 0 ? Math.min(behind, FURTHEST_BEHIND_MS) : 0;
}
