import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether `signature` is that of the raw body under one of the live secrets. */
export type SignatureCheck = (body: Buffer, signature: string) => boolean;

const HEX_SHA256 = /^(?:sha256=)?([0-9a-f]{64})$/i;

/** Hex HMAC-SHA256 of the raw body. Several secrets may be live, so that they can be changed without a gap. */
export function createSignatureCheck(secrets: readonly string[]): SignatureCheck {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  return (body, signature) => {
    const hex = HEX_SHA256.exec(signature.trim())?.[1];
    if (hex === undefined) return false;
    const claimed = Buffer.from(hex, 'hex');
    return keys.some((key) => timingSafeEqual(createHmac('sha256', key).update(body).digest(), claimed));
  };
}

/** The signature a sender gave; X-Cpemon-Signature before X-Signature. */
export function signatureOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-cpemon-signature'] ?? headers['x-signature'];
  return Array.isArray(value) ? value[0] : value;
}
