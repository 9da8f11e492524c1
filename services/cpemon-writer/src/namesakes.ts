import { conflictsOf, findingsOfNewDevice, type DeviceRecord, type IdentityFinding } from '@cpemon/domain';
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

const keyOf = (device: DeviceRecord, other: DeviceRecord): string =>
  [device.serialNumber, device.oui, device.productClass, other.productClass].join('\n');
