import type { SessionDevice } from '@cpemon/cwmp';

/** What a request shows of the session that it belongs to. */
export interface SessionKeys {
  /** Of the ACS's cookies. */
  cookie?: string;
  /** Of the CPE's end of its connection to the proxy. */
  client?: string;
}

/**
 * The sessions that CPEs have with their ACS, as far as their copied requests show. Kept in this process and nowhere
 * else: with several, the copies of one CPE must come to one of them, or their values find no device.
 */
export interface MirrorSessions {
  /** A session begins: an Inform. */
  begin(keys: SessionKeys, device: SessionDevice): void;
  /**
   * The device whose session a request belongs to: by cookie, else by connection. Learns the cookie: an ACS gives it
   * with its answer to the Inform, so it comes first with the request after that.
   */
  find(keys: SessionKeys): SessionDevice | undefined;
  /** Sessions that are held. */
  size(): number;
}

/** CPEs give up a session after 30 s without an answer, ACSs after a minute (TR-069 Amendment 6, 3.7.1). */
export const SESSION_IDLE_MS = 90_000;
/** 1,000 Informs a second for as long as each is kept; some 800 bytes each, 70 MB. */
export const SESSIONS = 90_000;
/** A session has a connection and a cookie; some CPEs change the one, some ACSs the other. */
const KEYS_OF_ONE = 4;

interface Session {
  /** Absent for a cookie that several devices show: it is no session's, and joins nothing. */
  device: SessionDevice | undefined;
  keys: string[];
  usedAtMs: number;
}

/** @param clock monotonic milliseconds */
export function createMirrorSessions(
  clock: () => number = () => performance.now(),
  limits: { sessions: number; idleMs: number } = { sessions: SESSIONS, idleMs: SESSION_IDLE_MS },
): MirrorSessions {
  const byKey = new Map<string, Session>();
  /** The one that was used the longest ago comes first. */
  const byUse = new Set<Session>();

  const forget = (session: Session): void => {
    byUse.delete(session);
    for (const key of session.keys) if (byKey.get(key) === session) byKey.delete(key);
  };
  const use = (session: Session, nowMs: number): void => {
    session.usedAtMs = nowMs;
    byUse.delete(session);
    byUse.add(session);
  };
  const forgetIdle = (nowMs: number): void => {
    for (const session of byUse) {
      if (byUse.size <= limits.sessions && nowMs - session.usedAtMs <= limits.idleMs) return;
      forget(session);
    }
  };
  /** The key that was shown the longest ago goes first. */
  const bind = (key: string | undefined, session: Session): void => {
    if (key === undefined) return;
    if (byKey.get(key) === session) session.keys.splice(session.keys.indexOf(key), 1);
    byKey.set(key, session);
    session.keys.push(key);
    if (session.keys.length <= KEYS_OF_ONE) return;
    const oldest = session.keys.shift()!;
    if (byKey.get(oldest) === session) byKey.delete(oldest);
  };
  const unbind = (key: string | undefined): void => {
    if (key !== undefined) byKey.delete(key);
  };
  const get = (key: string | undefined): Session | undefined =>
    key === undefined ? undefined : byKey.get(key);
  const share = (cookie: string | undefined, nowMs: number): void => {
    const shared: Session = { device: undefined, keys: [], usedAtMs: nowMs };
    use(shared, nowMs);
    bind(cookie, shared);
  };

  return {
    begin(keys, device) {
      const nowMs = clock();
      const { cookie, client } = namesOf(keys);
      const known = get(cookie);
      const again = known?.device !== undefined && isSame(known.device, device);
      const session = again ? known : { device, keys: [], usedAtMs: nowMs };
      session.device = device;
      use(session, nowMs);
      if (known === undefined) bind(cookie, session);
      else if (known.device === undefined) use(known, nowMs);
      else if (!again) share(cookie, nowMs);
      bind(client, session);
      forgetIdle(nowMs);
    },
    find(keys) {
      const nowMs = clock();
      forgetIdle(nowMs);
      const { cookie, client } = namesOf(keys);
      const byCookie = get(cookie);
      const byClient = get(client);
      if (byCookie !== undefined) use(byCookie, nowMs);
      if (byCookie?.device === undefined) {
        if (byClient?.device === undefined) return undefined;
        use(byClient, nowMs);
        bind(client, byClient);
        if (byCookie === undefined) bind(cookie, byClient);
        return byClient.device;
      }
      if (byClient?.device !== undefined && !isSame(byCookie.device, byClient.device)) {
        // The cookie may be that of a load balancer, the port may be another CPE's by now: no value goes to a guess.
        share(cookie, nowMs);
        unbind(client);
        return undefined;
      }
      bind(cookie, byCookie);
      bind(client, byCookie);
      return byCookie.device;
    },
    size: () => byUse.size,
  };
}

/** The two kinds of key never meet. */
const namesOf = ({ cookie, client }: SessionKeys): SessionKeys => ({
  ...(cookie === undefined ? {} : { cookie: `c ${cookie}` }),
  ...(client === undefined ? {} : { client: `a ${client}` }),
});

const isSame = (one: SessionDevice, other: SessionDevice): boolean =>
  one.serialNumber === other.serialNumber && one.oui === other.oui && one.productClass === other.productClass;
