import type { ReturnEvidence } from './absence.js';
import { bootCauseOf, type BootCause } from './boot-cause.js';
import { behindMs } from './bulk-profile.js';
import type { DeviceRecord, SourceRecord } from './device-record.js';
import { SAME_START_MS, hasStartedSince, isOtherBoot, startInForce, startToldBy } from './device-start.js';
import { BOOT_CODE } from './event-codes.js';
import type { ReachabilitySettings } from './reachability.js';
import type { ReceivedEvent } from './received-event.js';
import { noteBoot, settleRestlessness } from './restlessness.js';
import { TIMELINE_KEPT_MS, timelineIdentity, type TimelineEntry } from './timeline.js';

/** What an event that is about to be applied has told already: the rows of the timeline from `told` on. */
export interface Told {
  timeline: TimelineEntry[];
  told: number;
  settings: ReachabilitySettings;
}

/** `data` of a row of kind `boot` that no event code has told. */
export interface BootByUptime {
  cause: BootCause;
  by: 'uptime';
  uptime_seconds: number;
}

/**
 * Notes the boot that an event tells: by its codes, which stand in the timeline already, or by an uptime that has begun
 * anew, which is told here unless another event has told that boot. To be called before its values are applied.
 * @param deviceTime of the event, where it can be believed
 * @param seenAt when it shows that the device lived
 */
export function noteRestart(
  record: DeviceRecord,
  source: SourceRecord,
  { event, receivedAt }: ReceivedEvent,
  deviceTime: number | null,
  seenAt: number,
  { timeline, told, settings }: Told,
): void {
  settleRestlessness(record, seenAt, timeline);
  const cause = bootTold(timeline, told);
  if (cause !== undefined) {
    if (cause !== 'client_restart') noteBoot(record, seenAt, cause === 'power_or_crash', timeline);
    return;
  }
  const { data } = event;
  const startedAt = startToldBy(data, receivedAt - behindMs(data, source, settings));
  if (startedAt === null || !hasStartedSince(source, data, startedAt, deviceTime)) return;
  if (deviceTime !== null && deviceTime < source.newestAt) return;
  const bootAt = record.restlessness?.bootAt ?? -Infinity;
  if (bootAt >= startedAt - SAME_START_MS || !isOtherBoot(startedAt, startInForce(record))) return;
  if (startedAt < receivedAt - TIMELINE_KEPT_MS) return;
  const row: BootByUptime = {
    cause: 'power_or_crash',
    by: 'uptime',
    uptime_seconds: data.metrics!['uptime_seconds']!,
  };
  const identity = timelineIdentity(event.source, event.id);
  timeline.push({ record, at: startedAt, kind: 'boot', identity, data: row });
  noteBoot(record, startedAt, true, timeline);
}

/**
 * What an event that ends an absence says of its cause, by itself: the same whether it is applied at once or has to wait.
 * To be called while the record still has the sign of life before it.
 */
export function evidenceOf(
  record: DeviceRecord,
  source: SourceRecord,
  { event, receivedAt }: ReceivedEvent,
  settings: ReachabilitySettings,
): ReturnEvidence {
  const { data } = event;
  const startedAt = startToldBy(data, receivedAt - behindMs(data, source, settings));
  const wentOn = startedAt !== null && startedAt <= record.lastSeenAt;
  const hasBooted = data.event_codes?.some((code) => BOOT_CODE.test(code)) === true;
  return {
    startedAt,
    startedBefore: startInForce(record),
    boot: hasBooted ? bootCauseOf(data.event_codes!, wentOn) : undefined,
  };
}

function bootTold(timeline: readonly TimelineEntry[], told: number): BootCause | undefined {
  for (let at = told; at < timeline.length; at += 1) {
    const { kind, data } = timeline[at]!;
    if (kind === 'boot') return (data as { cause: BootCause }).cause;
  }
  return undefined;
}
