import type { DeviceRecord } from './device-record.js';
import { identitiesToText, identityCode } from './recent-identities.js';

/** What can have happened to a device beside a change of its reachability. */
export const TIMELINE_KINDS = [
  'boot',
  // sw_version and wan_ip are others than before.
  'firmware',
  'address',
  // A file was moved, or it failed; a software module was changed.
  'transfer',
  'software_module',
  'fault',
  'connection_request',
  'diagnostics',
  'provision',
  'vendor',
  // It was silent for longer than it may be, and is back.
  'absence',
  // It restarts, or comes and goes, again and again; or no longer so.
  'reboot_loop',
  'flapping',
  // A source of a device that lives has fallen silent, or is back.
  'telemetry',
  // It reports far more often than it says, or no longer so.
  'chatty',
  // A condition that a health rule looks for has opened or closed; its health is another.
  'condition',
  'health',
  // Its firmware calls it by another product class.
  'identity',
  // Somebody else told it of the device.
  'observation',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** Something that happened to a device: a row of its timeline, unique by device, time, kind and identity. */
export interface TimelineEntry {
  record: DeviceRecord;
  /** Epoch ms. */
  at: number;
  kind: TimelineKind;
  /** Of the event that tells it, and its place in that: two events in one millisecond are two rows. */
  identity: string;
  data: object;
}

/** Rows of the timeline are kept 25 months: what is older than that makes none. */
export const TIMELINE_KEPT_MS = 760 * 86_400_000;

/** The identity of the `ordinal`-th entry that an event makes of a kind. */
export function timelineIdentity(source: string, id: string, ordinal = 0): string {
  return `${identitiesToText([identityCode(source, id)])}.${ordinal}`;
}
