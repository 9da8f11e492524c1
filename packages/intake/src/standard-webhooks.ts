import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { refuse, type Refusal } from '@cpemon/contracts';
import type { SigningSecrets } from './signing-secrets.js';

/** What the headers of Standard Webhooks claim, before the body is here. */
export interface WebhookClaim {
  /** `id.timestamp.`: what is signed in front of the body. */
  signedStart: string;
  /** Signatures of the version we know. */
  signatures: readonly Buffer[];
}

export const WEBHOOK_TOLERANCE_SECONDS = 300;

const INCOMPLETE = refuse(
  'invalid_signature',
  'webhook-signature goes with webhook-id (1 to 255 printable characters) and webhook-timestamp (seconds since 1970).',
);
const NO_KNOWN_VERSION = refuse(
  'invalid_signature',
  'webhook-signature has no part "v1," and the base64 HMAC-SHA256 of id.timestamp.body.',
);
export const INVALID_WEBHOOK_SIGNATURE = refuse(
  'invalid_signature',
  'webhook-signature must be the base64 HMAC-SHA256 of webhook-id, webhook-timestamp and the raw body, with dots between.',
);

/** As the identity of an event can have it. */
const ID = /^[\x21-\x7e]{1,255}$/;
const TIMESTAMP = /^\d{1,12}$/;
/** HMAC-SHA256 as base64. */
const SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/;
/** While secrets change a sender signs with each of its own; nobody has more. */
const SIGNATURES = 16;

export const hasWebhookSignature = (headers: IncomingHttpHeaders): boolean =>
  headers['webhook-signature'] !== undefined;

/**
 * Reads the headers of Standard Webhooks 1.0.
 * @returns what is to be compared with the body; `invalid_signature` where they have not its form, `invalid_timestamp`
 *   where the sender's clock is further from ours than the tolerance
 */
export function readWebhookClaim(
  headers: IncomingHttpHeaders,
  nowMs: number,
  toleranceSeconds: number,
): WebhookClaim | Refusal {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string')
    return INCOMPLETE;
  if (!ID.test(id) || !TIMESTAMP.test(timestamp)) return INCOMPLETE;
  const signatures: Buffer[] = [];
  for (const part of signature.split(' ', SIGNATURES)) {
    const encoded = SIGNATURE.exec(part)?.[1];
    if (encoded !== undefined) signatures.push(Buffer.from(encoded, 'base64'));
  }
  if (signatures.length === 0) return NO_KNOWN_VERSION;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > toleranceSeconds) {
    const detail = `webhook-timestamp is more than ${toleranceSeconds} s from the receiver's clock.`;
    return refuse('invalid_timestamp', detail);
  }
  return { signedStart: `${id}.${timestamp}.`, signatures };
}

/** Whether one of the signatures is that of the body under one of the live secrets. */
export function isSignedAs(claim: WebhookClaim, body: Buffer, secrets: SigningSecrets): boolean {
  return secrets.live().some(({ standard }) =>
    standard.some((key) => {
      const right = createHmac('sha256', key).update(claim.signedStart).update(body).digest();
      return claim.signatures.some((claimed) => timingSafeEqual(right, claimed));
    }),
  );
}
