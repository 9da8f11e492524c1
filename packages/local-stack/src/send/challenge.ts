import { hash, randomBytes } from 'node:crypto';

export interface Credentials {
  username: string;
  password: string;
}

/** What a server asked for with 401, and how often its nonce was used. */
export interface Challenge {
  scheme: 'Basic' | 'Digest';
  parameters: Record<string, string>;
  used: number;
}

/** The challenge to answer, Digest before Basic; undefined when the header has neither. */
export function readChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  const digest = /\bDigest\s+(.*)$/is.exec(header)?.[1];
  if (digest !== undefined) {
    const pairs = [...digest.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g)];
    const parameters = Object.fromEntries(
      pairs.map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? '']),
    );
    return { scheme: 'Digest', parameters, used: 0 };
  }
  return /\bBasic\b/i.test(header) ? { scheme: 'Basic', parameters: {}, used: 0 } : undefined;
}

/**
 * The `Authorization` of one request (RFC 7616; RFC 2617 where the server names no qop). Counts the use of the nonce.
 * @param uri path and query of the request
 */
export function authorizationFor(
  challenge: Challenge,
  { username, password }: Credentials,
  { method, uri }: { method: string; uri: string },
): string {
  if (challenge.scheme === 'Basic') {
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  const { realm = '', nonce = '', opaque, algorithm = 'MD5', qop } = challenge.parameters;
  const digestOf = (text: string): string =>
    hash(/^sha-256/i.test(algorithm) ? 'sha256' : 'md5', text, 'hex');
  const ha1 = digestOf(`${username}:${realm}:${password}`);
  const ha2 = digestOf(`${method}:${uri}`);
  challenge.used += 1;
  const nc = challenge.used.toString(16).padStart(8, '0');
  const cnonce = randomBytes(8).toString('hex');
  const hasQop = qop?.split(/\s*,\s*/).includes('auth') === true;
  const response = digestOf(
    hasQop ? `${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`,
  );
  const parts = [
    `username="${username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    ...(challenge.parameters['algorithm'] === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(hasQop ? [`qop=auth`, `nc=${nc}`, `cnonce="${cnonce}"`] : []),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ];
  return `Digest ${parts.join(', ')}`;
}
