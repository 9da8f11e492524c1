import { hash, randomBytes } from 'node:crypto';

export interface Credentials {
  username: string;
  password: string;
}

/** What a server asked for in `WWW-Authenticate`. */
export interface Challenge {
  scheme: 'basic' | 'digest';
  realm: string;
  nonce: string;
  opaque: string | undefined;
  algorithm: 'MD5' | 'SHA-256';
  /** The server takes quality of protection `auth`. */
  qop: boolean;
  /** Requests made with this nonce. */
  count: number;
}

/** The best of the challenges that a CPE knows: Digest before Basic, MD5 alone as old boxes do. RFC 7616, RFC 7617. */
export function readChallenge(header: string | string[] | undefined): Challenge | undefined {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '');
  const challenges = text.split(/,\s*(?=(?:digest|basic)\s)/i).map(readOne);
  return (
    challenges.find((one) => one?.scheme === 'digest' && one.algorithm === 'MD5') ??
    challenges.find((one) => one?.scheme === 'digest') ??
    challenges.find((one) => one?.scheme === 'basic')
  );
}

function readOne(text: string): Challenge | undefined {
  const scheme = /^\s*(digest|basic)\s/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== 'digest' && scheme !== 'basic') return undefined;
  const field = (name: string): string | undefined => {
    const [, quoted, bare] =
      new RegExp(`[\\s,]${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(text) ?? [];
    return quoted ?? bare;
  };
  return {
    scheme,
    realm: field('realm') ?? '',
    nonce: field('nonce') ?? '',
    opaque: field('opaque'),
    algorithm: field('algorithm')?.toUpperCase() === 'SHA-256' ? 'SHA-256' : 'MD5',
    qop: /\bauth\b(?!-)/.test(field('qop') ?? ''),
    count: 0,
  };
}

/** The `Authorization` header for one request; counts it. */
export function authorization(
  challenge: Challenge,
  { username, password }: Credentials,
  method: string,
  uri: string,
): string {
  if (challenge.scheme === 'basic') {
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const digest = (text: string): string => hash(algorithm === 'MD5' ? 'md5' : 'sha256', text, 'hex');
  const ha1 = digest(`${username}:${realm}:${password}`);
  const ha2 = digest(`${method}:${uri}`);
  const fields = [`username="${username}"`, `realm="${realm}"`, `nonce="${nonce}"`, `uri="${uri}"`];
  fields.push(`algorithm=${algorithm}`);
  if (qop) {
    challenge.count += 1;
    const count = challenge.count.toString(16).padStart(8, '0');
    const clientNonce = randomBytes(8).toString('hex');
    fields.push('qop=auth', `nc=${count}`, `cnonce="${clientNonce}"`);
    fields.push(`response="${digest(`${ha1}:${nonce}:${count}:${clientNonce}:auth:${ha2}`)}"`);
  } else {
    fields.push(`response="${digest(`${ha1}:${nonce}:${ha2}`)}"`);
  }
  if (opaque !== undefined) fields.push(`opaque="${opaque}"`);
  return `Digest ${fields.join(', ')}`;
}
