import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { SigningSecrets } from './signing-secrets.js';

/** Whether `signature` is that of the raw body under one of the live secrets. */
export type SignatureCheck = (body: Buffer, signature: string) => boolean;

const HEX_SHA256 = /^(?:sha256=)?([0-9a-f]{64})$/i;

/** Hex HMAC-SHA256 of the raw body. Several secrets may be live, so that they can be changed without a gap. */
export function createSignatureCheck(secrets: SigningSecrets): SignatureCheck {
  return (body, signature) => {
    const hex = HEX_SHA256.exec(signature.trim())?.[1];
    if (hex === undefined) return false;
    const claimed = Buffer.from(hex, 'hex');
    return secrets
      .live()
      .some(({ text }) => timingSafeEqual(createHmac('sha256', text).update(body).digest(), claimed));
  };
}

/** The signature a sender gave; X-Cpemon-Signature before X-Signature. */
export function signatureOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-cpemon-signature'] ?? headers['x-signature'];
  return Array.isArray(value) ? value[0] : value;
}
