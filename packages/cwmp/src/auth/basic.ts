import { digestHash, type CredentialTable } from './credentials.js';
import { isSameText } from './same-text.js';

export interface BasicCredentials {
  user: string;
  password: string;
}

/** User and password of a `Basic` header (RFC 7617); undefined when it has none. */
export function readBasic(token: string): BasicCredentials | undefined {
  const text = Buffer.from(token.trim(), 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at === -1 ? undefined : { user: text.slice(0, at), password: text.slice(at + 1) };
}

/** A user and a wrong password cost as much time as somebody we do not know. */
export function checkBasic({ user, password }: BasicCredentials, credentials: CredentialTable): boolean {
  // A file of htdigest may hold either hash of a user.
  return (['MD5', 'SHA-256'] as const).some((algorithm) => {
    const shown = digestHash(algorithm, `${user}:${credentials.realm}:${password}`);
    return credentials.ha1Of(user, algorithm).filter((ha1) => isSameText(ha1, shown)).length > 0;
  });
}
