import type { CpeEvent } from './event.js';
import { sourceOfPath } from './intake-path.js';
import { isProfileSource } from './profile-source.js';

const HEARTBEAT = sourceOfPath('heartbeat');
const CWMP = sourceOfPath('cwmp');
const MIRROR = sourceOfPath('mirror');

/**
 * Whether the CPE itself opens the requests of a source, so that each arrival shows that it lives, a repeat as well. A
 * mirror hands on a copy at the moment at which the CPE spoke.
 */
export function isOwnRequest(source: string): boolean {
  return source === HEARTBEAT || source === CWMP || source === MIRROR || isProfileSource(source);
}

/**
 * Whether the `time` of an event is the device's own clock, which may be any: that of its Inform, which the other
 * requests of its session have as well, or of its bulk report. Else it is that of whoever relays it.
 */
function hasDeviceClock({ type }: CpeEvent): boolean {
  return (
    type === 'cpemon.inform.v1' ||
    type === 'cpemon.rpc.v1' ||
    type === 'cpemon.parameters.v1' ||
    type === 'cpemon.bulkdata.v1'
  );
}

/**
 * When an event shows that its device lived, epoch ms: for a request of the CPE when it was received, whatever its clock
 * says; for what somebody relays that one's time, never later than `receivedAt`.
 * @param deviceTime of the event, where it can be believed
 * @param lastSeenAt -Infinity for a device that was never seen
 */
export function seenAtOf(
  event: CpeEvent,
  deviceTime: number | null,
  receivedAt: number,
  lastSeenAt: number,
): number {
  if (isOwnRequest(event.source) || hasDeviceClock(event)) return receivedAt;
  const relayedAt = Math.min(deviceTime ?? receivedAt, receivedAt);
  // That an ACS calls a device does not show that anybody answers: when it does, its Inform follows.
  if (event.data.occurrence === 'connection_request' && lastSeenAt !== -Infinity) {
    return Math.min(lastSeenAt, relayedAt);
  }
  return relayedAt;
}
