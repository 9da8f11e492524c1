import { ADMIN_STATES, type AdminState } from './inventory.js';
import type { Reachability } from './reachability.js';

/**
 * What is shown as the administrative state of a device: beside what the operator wants, `expected` for one that is in the
 * inventory and was never heard, and `dormant` for one that has been offline for longer than a holiday.
 */
export const SHOWN_ADMIN_STATES = [...ADMIN_STATES, 'expected', 'dormant'] as const;
export type ShownAdminState = (typeof SHOWN_ADMIN_STATES)[number];

/** A device in service that is offline for longer is dormant, until its next report. */
export const DORMANT_AFTER_MS = 30 * 86_400_000;

/**
 * Decided on read, by what is stored: nothing is written when a device becomes dormant.
 * @param heard undefined for one that was never heard; `since` of its reachability, epoch ms
 * @param now epoch ms of the database
 */
export function shownAdminState(
  adminState: AdminState,
  heard: { reachability: Reachability; since: number } | undefined,
  now: number,
): ShownAdminState {
  if (adminState !== 'in_service') return adminState;
  if (heard === undefined) return 'expected';
  return heard.reachability === 'offline' && now - heard.since > DORMANT_AFTER_MS ? 'dormant' : 'in_service';
}
