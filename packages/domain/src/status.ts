import type { Health } from './health/health.js';
import type { Reachability } from './reachability.js';

/** A device in one word, derived from its axes. */
export const DEVICE_STATUSES = ['unknown', 'online', 'degraded', 'stale', 'offline'] as const;
export type DeviceStatus = (typeof DEVICE_STATUSES)[number];

/** Whether something is wrong with a device. */
export const isUnwell = (health: Health): boolean => health === 'degraded' || health === 'critical';

/** The one word for a device: its reachability, but of one that is heard and not well that it is degraded. */
export function statusOf(reachability: Reachability, health: Health): DeviceStatus {
  return reachability === 'online' && isUnwell(health) ? 'degraded' : reachability;
}
