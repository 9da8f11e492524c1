import type { DeviceRecord, RepeatMemory } from './device-record.js';
import { isOtherBoot } from './device-start.js';
import { identityCode } from './recent-identities.js';

/** More events than an Inform has that anybody remembers; beyond, the oldest are forgotten. */
export const REMEMBERED_TOLD = 16;
export const REMEMBERED_TRANSFERS = 4;

/**
 * Begins an attempt to deliver an Inform. What was told before counts only for a retry within the same boot since
 * RetryCount 0 (TR-069 Amendment 6, 3.7.1.5: a retry has a new CurrentTime and may have merged further events).
 * @param startedAt when the device started, epoch ms; null when it does not say
 */
export function beginAttempt(record: DeviceRecord, retryCount: number, startedAt: number | null): void {
  const { repeats } = record;
  if (repeats === null) {
    if (retryCount > 0) record.repeats = newRepeatMemory(retryCount, startedAt);
    return;
  }
  const again =
    retryCount > 0 && retryCount >= repeats.retryCount && !isOtherBoot(startedAt, repeats.startedAt);
  if (!again) repeats.told = [];
  repeats.retryCount = retryCount;
  repeats.startedAt = startedAt ?? (again ? repeats.startedAt : null);
}

/** Lets go what nothing is remembered by. */
export function endAttempt(record: DeviceRecord): void {
  const { repeats } = record;
  if (repeats !== null && repeats.told.length === 0 && repeats.transfers.length === 0) record.repeats = null;
}

/** Notes an event of the attempt that has begun; false when it was told already, by an attempt before. */
export function noteTold(
  record: DeviceRecord,
  eventCode: string,
  commandKey: string,
  startedAt: number | null,
): boolean {
  record.repeats ??= newRepeatMemory(0, startedAt);
  return noteCode(record.repeats.told, identityCode(eventCode.toUpperCase(), commandKey), REMEMBERED_TOLD);
}

/** Notes a finished transfer; false when it was reported before. @param code of what identifies it */
export function noteTransfer(record: DeviceRecord, code: number): boolean {
  record.repeats ??= newRepeatMemory(0, null);
  return noteCode(record.repeats.transfers, code, REMEMBERED_TRANSFERS);
}

function noteCode(codes: number[], code: number, most: number): boolean {
  if (codes.includes(code)) return false;
  codes.push(code);
  if (codes.length > most) codes.shift();
  return true;
}

function newRepeatMemory(retryCount: number, startedAt: number | null): RepeatMemory {
  return { retryCount, startedAt, told: [], transfers: [] };
}
