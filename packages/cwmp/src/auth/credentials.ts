import { hash } from 'node:crypto';
import { isDeviceName } from './device-user-name.js';

export const DIGEST_ALGORITHMS = ['MD5', 'SHA-256'] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];
const HASHES = { MD5: 'md5', 'SHA-256': 'sha256' } as const;

/** Hex of a digest's hash. */
export const digestHash = (algorithm: DigestAlgorithm, text: string): string =>
  hash(HASHES[algorithm], text, 'hex');

/** Who may talk to us, as hashes: passwords are not kept, but for that of every device. */
export interface CredentialTable {
  realm: string;
  /** H(user:realm:password) in hex of every live password of a user; empty for nobody we know. */
  ha1Of(userName: string, algorithm: DigestAlgorithm): readonly string[];
}

/** The user of an entry whose password every device has; its user name is its own, OUI[-ProductClass]-Serial. */
const EVERY_DEVICE = '*';
const NOBODY: readonly string[] = [];
const HEX = { MD5: /^[0-9a-f]{32}$/i, 'SHA-256': /^[0-9a-f]{64}$/i };

/**
 * Reads entries `user:password`, or `user:realm:HASH` as the tool htdigest writes them. A user may have several: all are
 * live.
 * @throws Error that completes "… " for an entry that has no user or no password; it shows no secret
 */
export function readCredentials(entries: readonly string[], realm: string): CredentialTable {
  const table = { MD5: new Map<string, string[]>(), 'SHA-256': new Map<string, string[]>() };
  const everyDevice: string[] = [];
  const add = (algorithm: DigestAlgorithm, user: string, ha1: string): void => {
    const known = table[algorithm].get(user);
    if (known === undefined) table[algorithm].set(user, [ha1]);
    else known.push(ha1);
  };
  entries.forEach((entry, index) => {
    const at = entry.indexOf(':');
    const user = entry.slice(0, at);
    const password = entry.slice(at + 1);
    if (at < 1 || password === '') throw new Error(`entry ${index + 1} must be user:password`);
    if (user === EVERY_DEVICE) return void everyDevice.push(password);
    const hashed = password.startsWith(`${realm}:`) ? password.slice(realm.length + 1) : '';
    const known = DIGEST_ALGORITHMS.find((algorithm) => HEX[algorithm].test(hashed));
    if (known !== undefined) return add(known, user, hashed.toLowerCase());
    for (const algorithm of DIGEST_ALGORITHMS)
      add(algorithm, user, digestHash(algorithm, `${user}:${realm}:${password}`));
  });
  return {
    realm,
    ha1Of(userName, algorithm) {
      const own = table[algorithm].get(userName);
      if (own !== undefined) return own;
      if (everyDevice.length === 0 || !isDeviceName(userName)) return NOBODY;
      return everyDevice.map((password) => digestHash(algorithm, `${userName}:${realm}:${password}`));
    },
  };
}

/** The entries of a file: one a line; empty lines and those that begin with # are left out. */
export function credentialLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
