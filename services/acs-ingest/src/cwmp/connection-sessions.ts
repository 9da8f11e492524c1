import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { CwmpSession } from '@cpemon/cwmp';

/**
 * Which session is open on a connection: to count them, and for clients that lose the cookie. A session is never found
 * by its connection alone: it must be open on it, the connection must have carried one device only, and no header may
 * say that a proxy stands in between, as a proxy puts several clients on one connection.
 */
export interface ConnectionSessions {
  /** An Inform was acknowledged. @param setCookie with which it was */
  begin(socket: Socket, session: CwmpSession, setCookie: string): void;
  /** The session went on, and has a new cookie. */
  goOn(socket: Socket, setCookie: string): void;
  /** @returns whether a session was open */
  finish(socket: Socket): boolean;
  /** What a request that carries no cookie should have carried. */
  cookieOf(request: IncomingMessage): string | undefined;
  /** Number of connections with an open session. */
  open(): number;
}

/** The session itself would keep the text of its whole Inform in memory, of which its names are parts. */
interface ConnectionState {
  /** Of the open session. */
  cookie: string | undefined;
  /** Of the first Inform. */
  device: string;
  isShared: boolean;
}

const PROXY_HEADERS = ['via', 'forwarded', 'x-forwarded-for', 'x-real-ip'] as const;

export function createConnectionSessions(): ConnectionSessions {
  const states = new WeakMap<Socket, ConnectionState>();
  let open = 0;
  const set = (state: ConnectionState, cookie: string | undefined): void => {
    if (state.cookie === undefined && cookie !== undefined) open += 1;
    if (state.cookie !== undefined && cookie === undefined) open -= 1;
    state.cookie = cookie;
  };
  return {
    begin(socket, session, setCookie) {
      // Its `close` has been: nobody would count it down again.
      if (socket.destroyed) return;
      const device = deviceOf(session);
      let state = states.get(socket);
      if (state === undefined) {
        const first: ConnectionState = { cookie: undefined, device, isShared: false };
        states.set(socket, (state = first));
        socket.once('close', () => set(first, undefined));
      }
      if (state.device !== device) state.isShared = true;
      set(state, setCookie);
    },
    goOn(socket, setCookie) {
      const state = states.get(socket);
      if (state?.cookie !== undefined && !state.isShared) state.cookie = setCookie;
    },
    finish(socket) {
      const state = states.get(socket);
      if (state?.cookie === undefined) return false;
      set(state, undefined);
      return true;
    },
    cookieOf({ headers, socket }) {
      const state = states.get(socket);
      if (state === undefined || state.isShared) return undefined;
      return PROXY_HEADERS.some((name) => headers[name] !== undefined) ? undefined : state.cookie;
    },
    open: () => open,
  };
}

const deviceOf = ({ oui, productClass, serialNumber }: CwmpSession): string =>
  JSON.stringify([oui, productClass, serialNumber]);
