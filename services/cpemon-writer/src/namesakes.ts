import {
  conflictsOf,
  findingsOfNewDevice,
  timelineIdentity,
  type DeviceRecord,
  type IdentityFinding,
  type ReceivedEvent,
  type TimelineEntry,
} from '@cpemon/domain';
import type { CachedDevice } from './cached-device.js';

/** Conflicts found in a lane since it was opened: each is written once, and again by the next owner, which adds nothing. */
export type KnownConflicts = Set<string>;

const CONFLICTS_REMEMBERED = 10_000;

/** Adds what an event that was applied shows about devices which share its serial number. */
export function noteFindings(
  findings: IdentityFinding[],
  known: KnownConflicts,
  device: CachedDevice,
  namesakes: readonly CachedDevice[],
  { isNew, at }: { isNew: boolean; at: number },
): void {
  const records = namesakes.map(({ record }) => record);
  if (isNew) findings.push(...findingsOfNewDevice(device.record, records, at));
  if (records.length < 2) return;
  for (const conflict of conflictsOf(device.record, records, at)) {
    const key = keyOf(conflict.device, conflict.other!);
    if (known.has(key)) continue;
    if (known.size >= CONFLICTS_REMEMBERED) known.clear();
    known.add(key);
    findings.push(conflict);
  }
}

/** Tells that a device goes by another product class since an event: in its timeline and, the first time, as a finding. */
export function noteRenamed(
  told: { timeline: TimelineEntry[]; findings: IdentityFinding[] },
  { record }: CachedDevice,
  from: string,
  { event, receivedAt: at }: ReceivedEvent,
): void {
  const data = { from, to: record.productClass, by: event.source };
  const identity = timelineIdentity(event.source, event.id);
  told.timeline.push({ record, at, kind: 'identity', identity, data });
  told.findings.push({ kind: 'merged', device: record, other: null, at, data });
}

const keyOf = (device: DeviceRecord, other: DeviceRecord): string =>
  [device.serialNumber, device.oui, device.productClass, other.productClass].join('\n');
