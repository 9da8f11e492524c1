import { createHmac } from 'node:crypto';
import type { DeviceIdentity } from './device-identity.js';

/** What is left of an erased device, so that nothing of before comes back. It names nobody without the secret. */
export interface Tombstone {
  erasureId: string;
  /** Of the serial number; see `erasureHash`. */
  subjectHash: Buffer;
  /** Of the whole identity; null where all devices with the serial number were erased. */
  identityHash: Buffer | null;
  /** Position of the erasure's event. */
  generation: number;
  lane: number;
  sequence: number;
  /** When that was received, epoch ms of the database's clock. */
  erasedAt: number;
}

/** Secret of the hashes; `keyId` tells it from others. */
export interface ErasureKey {
  keyId: string;
  secret: Buffer;
}

/** HMAC-SHA256 of a serial number, or of a whole identity: 32 bytes. */
export function erasureHash({ secret }: Pick<ErasureKey, 'secret'>, ...parts: readonly string[]): Buffer {
  return createHmac('sha256', secret).update(parts.join('\0')).digest();
}

export const identityHash = (key: ErasureKey, { serialNumber, oui, productClass }: DeviceIdentity): Buffer =>
  erasureHash(key, serialNumber, oui, productClass);

/**
 * Whether an event of the tombstone's serial number was received before the erasure. The time decides, since it does not
 * fall from one generation of the log to the next and a restored log gives positions anew; of one moment, the position.
 */
export function isBefore(
  { erasedAt, sequence }: Pick<Tombstone, 'erasedAt' | 'sequence'>,
  event: { receivedAt: number; sequence: number },
): boolean {
  return event.receivedAt < erasedAt || (event.receivedAt === erasedAt && event.sequence <= sequence);
}

/**
 * Whether a tombstone of one device is about this identity. One that is not complete may be what that device was known by
 * earlier: it counts as the same.
 */
export function isOfIdentity(
  tombstone: Pick<Tombstone, 'identityHash'>,
  key: ErasureKey,
  identity: DeviceIdentity,
): boolean {
  if (tombstone.identityHash === null || identity.oui === '' || identity.productClass === '') return true;
  return tombstone.identityHash.equals(identityHash(key, identity));
}
