import type { Reachability } from './reachability.js';

/** A device in one word, derived from its axes. */
export const DEVICE_STATUSES = ['unknown', 'online', 'degraded', 'stale', 'offline'] as const;
export type DeviceStatus = (typeof DEVICE_STATUSES)[number];

/** The one word for a device: its reachability, as long as no health rule judges it. */
export function statusOf(reachability: Reachability): DeviceStatus {
  return reachability;
}
