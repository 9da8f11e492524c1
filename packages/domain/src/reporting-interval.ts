import type { SourceRecord } from './device-record.js';
import type { CpeEvent, ReportData } from './event.js';
import { BOOT_CODE, PERIODIC_CODE } from './event-codes.js';
import { gapsBetween, type PathIntake } from './intake-history.js';
import type { ReachabilitySettings } from './reachability.js';

/** An interval is learnt from this many gaps of one source. */
const LEARNT_FROM_GAPS = 5;
/** Reports closer than this are one report in parts. */
const SHORTEST_GAP_MS = 1000;
const LONGEST_GAP_MS = 31 * 86_400_000;

/** How a report relates to the rhythm of its sender. */
export interface Rhythm {
  /** False for a report that something else than the interval caused (VALUE CHANGE, CONNECTION REQUEST, …). */
  periodic: boolean;
  boot: boolean;
  uptimeMs: number;
}

/**
 * Event codes as in TR-069 Amendment 6, table 8; a report without any is taken for a periodic one, unless it is an
 * Inform, whose list may be empty when it is sent again (3.7.1.5). Other requests of a CPE, values that it was asked for
 * and what an ACS does are no reports of its own accord.
 */
export function rhythmOf({ type, data }: { type?: CpeEvent['type']; data: ReportData }): Rhythm {
  const codes = data.event_codes;
  const boot = codes !== undefined && codes.some((code) => BOOT_CODE.test(code));
  const periodic =
    codes === undefined || codes.length === 0
      ? isReport(type, data)
      : codes.some((code) => PERIODIC_CODE.test(code));
  const uptime = data.metrics?.['uptime_seconds'];
  return { periodic: periodic && !boot, boot, uptimeMs: uptime === undefined ? Infinity : uptime * 1000 };
}

function isReport(type: CpeEvent['type'] | undefined, { occurrence }: ReportData): boolean {
  if (occurrence !== undefined && occurrence !== 'inform') return false;
  return type !== 'cpemon.inform.v1' && type !== 'cpemon.rpc.v1' && type !== 'cpemon.parameters.v1';
}

/**
 * Learns from the gap that ends with a report seen at `seenAt`, for a source that declares no interval. A gap that
 * overlaps a gap of intake or ends in a boot teaches nothing.
 */
export function learnInterval(
  source: SourceRecord,
  seenAt: number,
  rhythm: Rhythm,
  intake: PathIntake,
): void {
  if (rhythm.boot) source.periodicAt = null;
  if (!rhythm.periodic) return;
  const began = source.periodicAt;
  if (began === null) {
    source.periodicAt = seenAt;
    return;
  }
  const gapMs = seenAt - began;
  if (gapMs < SHORTEST_GAP_MS) return;
  source.periodicAt = seenAt;
  if (gapMs > LONGEST_GAP_MS || rhythm.uptimeMs < gapMs || gapsBetween(intake, began, seenAt).length > 0)
    return;
  source.learntGapsMs = [...source.learntGapsMs, gapMs].slice(-LEARNT_FROM_GAPS);
  source.learntSeconds = learntSeconds(source.learntGapsMs);
}

/** The median of the last gaps between periodic reports, seconds; null while they are too few. */
export function learntSeconds(gapsMs: readonly number[]): number | null {
  if (gapsMs.length < LEARNT_FROM_GAPS) return null;
  const median = [...gapsMs].sort((a, b) => a - b)[LEARNT_FROM_GAPS >> 1]!;
  return Math.round(median / 1000);
}

/** The interval that a source declared, or else the one learnt; null as long as neither is known. Seconds. */
export function knownIntervalSeconds(source: SourceRecord): number | null {
  return source.declaredSeconds ?? source.learntSeconds;
}

/**
 * The interval by which a source is judged, milliseconds. While too few gaps are known it is the longest of them,
 * and at least the default: better late than a false alarm.
 */
export function expectedIntervalMs(source: SourceRecord, settings: ReachabilitySettings): number {
  const known = source.declaredSeconds ?? source.learntSeconds;
  if (known !== null) return known * 1000;
  return Math.max(settings.defaultIntervalSeconds * 1000, ...source.learntGapsMs);
}
