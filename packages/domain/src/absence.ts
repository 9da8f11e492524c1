import type { BootCause } from './boot-cause.js';
import type { DeviceRecord } from './device-record.js';
import { isOtherBoot } from './device-start.js';
import { noteReturn } from './restlessness.js';
import type { TimelineEntry } from './timeline.js';

/**
 * Why a device was not heard for longer than it may be. line_or_path: it ran on meanwhile. unknown: it told neither
 * an uptime nor a boot when it came back.
 */
export const ABSENCE_CAUSES = ['power_or_reboot', 'line_or_path', 'unknown'] as const;
export type AbsenceCause = (typeof ABSENCE_CAUSES)[number];

/** `data` of a row of the timeline of kind `absence`, which stands at the time of the return. */
export interface Absence {
  /** The last sign of life before, RFC 3339. */
  from: string;
  seconds: number;
  cause: AbsenceCause;
  /** Of these seconds those in which nobody listened. */
  unobserved_seconds?: number;
  /** What the cause follows from: the uptime on return, and the cause of a boot that was told with it. */
  uptime_seconds?: number;
  boot?: BootCause;
}

/** What is known of a device on its return. */
export interface ReturnEvidence {
  /** When it started by the uptime that it tells; null when it tells none. */
  startedAt: number | null;
  /** … by what was known before. */
  startedBefore: number | null;
  boot: BootCause | undefined;
}

export const NO_EVIDENCE: ReturnEvidence = { startedAt: null, startedBefore: null, boot: undefined };

/** An uptime says more than an event code: `1 BOOT` alone may be a restart of the TR-069 client. */
function causeOf(goneAt: number, { startedAt, startedBefore, boot }: ReturnEvidence): AbsenceCause {
  if (startedAt !== null) {
    const wentOn = startedBefore !== null && !isOtherBoot(startedAt, startedBefore);
    return startedAt > goneAt && !wentOn ? 'power_or_reboot' : 'line_or_path';
  }
  if (boot === undefined) return 'unknown';
  return boot === 'client_restart' ? 'line_or_path' : 'power_or_reboot';
}

/**
 * Tells the absence that ends at `at`; to be called while the record still has the sign of life before it.
 * @param unobservedMs for how long nobody listened meanwhile
 * @param identity of the event that ends it
 */
export function tellAbsence(
  record: DeviceRecord,
  at: number,
  unobservedMs: number,
  evidence: ReturnEvidence,
  identity: string,
  timeline: TimelineEntry[],
): void {
  const goneAt = record.lastSeenAt;
  const { startedAt, boot } = evidence;
  const data: Absence = {
    from: new Date(goneAt).toISOString(),
    seconds: Math.round((at - goneAt) / 1000),
    cause: causeOf(goneAt, evidence),
    ...(unobservedMs < 1000 ? {} : { unobserved_seconds: Math.round(unobservedMs / 1000) }),
    ...(startedAt === null ? {} : { uptime_seconds: Math.max(0, Math.round((at - startedAt) / 1000)) }),
    ...(boot === undefined ? {} : { boot }),
  };
  timeline.push({ record, at, kind: 'absence', identity, data });
  if (data.cause !== 'power_or_reboot') noteReturn(record, at, timeline);
}
