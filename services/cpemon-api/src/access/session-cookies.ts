import { createHmac, createSecretKey, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { ACCESS_ROLES, type AccessGrant } from '@cpemon/store';

/** A person who logged in. It lives in the browser's cookie, signed, so that any replica knows it. */
export interface Session extends AccessGrant {
  /** Epoch ms. */
  expiresAt: number;
  /** What a request that changes something has to repeat in a header, as no other site can. */
  csrfToken: string;
}

export interface SessionCookies {
  /** A session that begins now, and the value of `Set-Cookie` that carries it. */
  begin(grant: AccessGrant, nowMs: number): { session: Session; setCookie: string };
  /** Of a request's `Cookie` header. */
  read(header: string | undefined, nowMs: number): Session | 'none' | 'session_expired' | 'invalid_session';
  /** The value of `Set-Cookie` that ends a session. */
  end(): string;
}

export const SESSION_COOKIE = 'cpemon_session';
/** A shift and its hand-over. */
export const SESSION_MS = 12 * 3_600_000;
/** Longer than a session with the longest name and labels. */
const LONGEST_VALUE = 3072;
const CSRF_BYTES = 18;

/** @param secrets the first signs, all of them are believed: so that they can be changed */
export function createSessionCookies(
  secrets: readonly string[],
  { secure }: { secure: boolean },
): SessionCookies {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    begin({ name, role, labels }, nowMs) {
      const session = {
        ...{ name, role, labels, expiresAt: nowMs + SESSION_MS },
        csrfToken: randomBytes(CSRF_BYTES).toString('base64url'),
      };
      const [key] = keys;
      if (key === undefined) throw new Error('Sessions need a secret');
      const body = Buffer.from(JSON.stringify(session)).toString('base64url');
      const value = `${body}.${sign(key, body).toString('base64url')}`;
      return {
        session,
        setCookie: `${SESSION_COOKIE}=${value}; ${attributes}; Max-Age=${SESSION_MS / 1000}`,
      };
    },
    read(header, nowMs) {
      const value = valueOf(header);
      if (value === undefined) return 'none';
      const [body = '', signature = '', ...rest] = value.split('.');
      const given = Buffer.from(signature, 'base64url');
      const isOurs = keys.some((key) => {
        const wanted = sign(key, body);
        return given.length === wanted.length && timingSafeEqual(given, wanted);
      });
      if (!isOurs || rest.length > 0) return 'invalid_session';
      const session = sessionOf(body);
      if (session === null) return 'invalid_session';
      return session.expiresAt > nowMs ? session : 'session_expired';
    },
    end: () => `${SESSION_COOKIE}=; ${attributes}; Max-Age=0`,
  };
}

const sign = (key: KeyObject, body: string): Buffer =>
  createHmac('sha256', key).update(`${SESSION_COOKIE} ${body}`).digest();

/** The last one of the name; others and what is far too long are as if they were not there. */
function valueOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const start = header.lastIndexOf(`${SESSION_COOKIE}=`);
  if (start < 0 || (start > 0 && !/[;\s]/.test(header[start - 1]!))) return undefined;
  const value = header
    .slice(start + SESSION_COOKIE.length + 1)
    .split(';', 1)[0]!
    .trim();
  return value === '' || value.length > LONGEST_VALUE ? undefined : value;
}

function sessionOf(body: string): Session | null {
  try {
    const session = JSON.parse(Buffer.from(body, 'base64url').toString()) as Session;
    return ACCESS_ROLES.includes(session.role) ? session : null;
  } catch {
    return null;
  }
}
