import { createSecretKey, type KeyObject } from 'node:crypto';

/** A live secret as the keys that signatures are made with. */
export interface SigningKey {
  /** The secret's text: what older senders sign with. */
  text: KeyObject;
  /**
   * Standard Webhooks: the bytes that `whsec_…` stands for. Of a secret without that prefix its text, and the bytes for
   * which that stands as base64, which is what most libraries make of it.
   */
  standard: readonly KeyObject[];
}

/** The secrets with which a sender may sign now. */
export interface SigningSecrets {
  live(): readonly SigningKey[];
}

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** @throws Error whose message completes the name of a variable; it does not show the secret */
export function createSigningKey(secret: string): SigningKey {
  const text = createSecretKey(Buffer.from(secret));
  if (secret.startsWith(PREFIX)) {
    const encoded = secret.slice(PREFIX.length);
    if (encoded === '' || !BASE64.test(encoded)) throw new Error('has a whsec_ secret that is not base64');
    return { text, standard: [createSecretKey(Buffer.from(encoded, 'base64'))] };
  }
  const decoded = BASE64.test(secret) ? [createSecretKey(Buffer.from(secret, 'base64'))] : [];
  return { text, standard: [text, ...decoded] };
}

/** Secrets that stay as they are while the process runs. */
export function fixedSecrets(secrets: readonly string[]): SigningSecrets {
  const keys = secrets.map(createSigningKey);
  return { live: () => keys };
}

/** As text of a variable: separated by commas. @throws Error as `createSigningKey` */
export function parseSecrets(text: string): string[] {
  const secrets = text
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  if (secrets.length === 0) throw new Error('must name at least one value');
  secrets.forEach(createSigningKey);
  return secrets;
}
