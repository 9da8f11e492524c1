import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

/** What a session knows of its CPE. It lives in the CPE's cookie, so that any replica can go on with it. */
export interface CwmpSession {
  /** Of the session, random. */
  id: string;
  serialNumber: string;
  oui: string;
  productClass: string;
  /** Its beginning, where it is long. */
  manufacturer: string;
  /** Of the Inform. */
  namespace: string;
  /** Of the event that the Inform became, RFC 3339 UTC with milliseconds; absent where it has none. */
  time?: string;
  /** How far the session is, in the server's own words, at most 32 characters; absent: nothing to remember. */
  step?: string;
}

export type CookieVerdict = { session: CwmpSession } | { refused: 'forged' | 'expired' } | 'none';

export interface SessionCookies {
  /** Value of `Set-Cookie`. @param nowMs epoch */
  write(session: CwmpSession, nowMs: number): string;
  /** The session of a `Cookie` header. @param nowMs epoch */
  read(cookieHeader: string | undefined, nowMs: number): CookieVerdict;
}

const NAME = 'session';
const ATTRIBUTES = '; Path=/; HttpOnly';
const VERSION = '1';
/** 128 bits of the HMAC. */
const MAC_BYTES = 16;
const MAC_CHARACTERS = Math.ceil((MAC_BYTES * 4) / 3);
/** A CPE must take cookies of 512 bytes (TR-069 Amendment 6, 3.4.2); what that leaves for the texts, before base64. */
const MOST_PAYLOAD_BYTES = 360;
/** Replicas' clocks may differ so much. */
const CLOCK_DIFFERENCE_MS = 60_000;
/** Cookies looked at when a client sends several of our name. */
const MOST_CANDIDATES = 4;
const SEPARATOR = '\n';
const USUAL_NAMESPACE = /^urn:dslforum-org:cwmp-1-([0-4])$/;

const FORGED = { refused: 'forged' } as const;
const EXPIRED = { refused: 'expired' } as const;

/**
 * Sessions as signed cookies.
 * @param secrets of all replicas: the first signs, all of them are believed, so that they can be changed
 * @param idleMs a session that rests longer is over
 */
export function createSessionCookies(secrets: readonly string[], idleMs: number): SessionCookies {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(`cwmp-session:${secret}`)));
  return {
    write(session, nowMs) {
      const [key] = keys;
      if (key === undefined) throw new Error('Sessions need a secret');
      const payload = Buffer.from(textOf(session, nowMs)).toString('base64url');
      return `${NAME}=${payload}${macOf(key, payload)}${ATTRIBUTES}`;
    },
    read(header, nowMs) {
      if (header === undefined) return 'none';
      let verdict: CookieVerdict = 'none';
      for (const value of valuesOf(header)) {
        const read = readValue(keys, value, idleMs, nowMs);
        if ('session' in read) return read;
        verdict = read;
      }
      return verdict;
    },
  };
}

function macOf(key: KeyObject, payload: string): string {
  return createHmac('sha256', key).update(payload).digest().toString('base64url', 0, MAC_BYTES);
}

/** The values of our cookie; a client with two paths may send several. */
function valuesOf(header: string): string[] {
  const values: string[] = [];
  // RFC 2965 clients separate by a comma, put `$Version` first, and quote.
  for (const part of header.split(/[;,]/)) {
    const at = part.indexOf('=');
    if (at === -1 || part.slice(0, at).trim() !== NAME) continue;
    values.push(
      part
        .slice(at + 1)
        .trim()
        .replace(/^"|"$/g, ''),
    );
    if (values.length === MOST_CANDIDATES) break;
  }
  return values;
}

function readValue(
  keys: readonly KeyObject[],
  value: string,
  idleMs: number,
  nowMs: number,
): Exclude<CookieVerdict, 'none'> {
  if (value.length <= MAC_CHARACTERS) return FORGED;
  const payload = value.slice(0, -MAC_CHARACTERS);
  const claimed = Buffer.from(value.slice(-MAC_CHARACTERS));
  const isOurs = keys.some((key) => {
    const right = Buffer.from(macOf(key, payload));
    return claimed.length === right.length && timingSafeEqual(claimed, right);
  });
  if (!isOurs) return FORGED;
  const fields = Buffer.from(payload, 'base64url').toString().split(SEPARATOR);
  const [version, time = '', id = '', namespace = '', serialNumber = '', oui = '', productClass = ''] =
    fields;
  const [, , , , , , , informed = '', manufacturer = '', step = ''] = fields;
  if (version !== VERSION) return EXPIRED;
  const ageMs = nowMs - parseInt(time, 36);
  if (!(ageMs <= idleMs && ageMs >= -CLOCK_DIFFERENCE_MS)) return EXPIRED;
  return {
    session: {
      ...{ id, serialNumber, oui, productClass, manufacturer },
      namespace: namespace.length === 1 ? `urn:dslforum-org:cwmp-1-${namespace}` : namespace,
      ...(informed === '' ? {} : { time: new Date(parseInt(informed, 36)).toISOString() }),
      ...(step === '' ? {} : { step }),
    },
  };
}

function textOf(session: CwmpSession, nowMs: number): string {
  const { namespace, step = '' } = session;
  const essential = [
    VERSION,
    nowMs.toString(36),
    session.id,
    USUAL_NAMESPACE.exec(namespace)?.[1] ?? oneLine(namespace, 64),
    oneLine(session.serialNumber, 64),
    oneLine(session.oui, 16),
    oneLine(session.productClass, 64),
    session.time === undefined ? '' : Date.parse(session.time).toString(36),
  ].join(SEPARATOR);
  const room = MOST_PAYLOAD_BYTES - Buffer.byteLength(essential) - step.length - 2 * SEPARATOR.length;
  const manufacturer = fitting(oneLine(session.manufacturer, 64), room);
  return `${essential}${SEPARATOR}${manufacturer}${SEPARATOR}${step}`;
}

const oneLine = (text: string, mostCharacters: number): string =>
  (text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, ' ') : text).slice(0, mostCharacters);

/** As much of the text as has room. */
function fitting(text: string, roomBytes: number): string {
  let short = text;
  while (short !== '' && Buffer.byteLength(short) > roomBytes) short = short.slice(0, -1);
  return short;
}
