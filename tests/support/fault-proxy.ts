import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { DatabaseAddress } from '@cpemon/database';

/** A TCP proxy in front of the database that can lose, hold back or delay what passes through it. */
export interface FaultProxy {
  /** The database as reached through the proxy. */
  address: DatabaseAddress;
  /** From now on nothing passes in either direction and nobody is told: a half-open link. */
  freeze(): void;
  /** From now on the database hears its clients, but they hear nothing. */
  loseAnswers(): void;
  /**
   * The next COMMIT, or prepared statement, reaches the database and is answered there; its client sees the link cut
   * instead. Resolves when that has happened.
   */
  loseNextCommitAnswer(): Promise<void>;
  /** From now on every answer comes so much later; 0 ends it. Links that were made before take part. */
  delayAnswers(delayMs: number): void;
  /** Links made from now on work; those that were frozen stay so. */
  heal(): void;
  /** Closes every link. */
  cut(): void;
  close(): Promise<void>;
}

type Mode = 'pass' | 'lose-answers' | 'freeze';

interface Link {
  mode: Mode;
  /** Its client has sent what is waited for: the answer ends the link. */
  doomed: boolean;
  client: Socket;
  server: Socket;
}

/** First byte of the payload of a MySQL packet, after its header: a text query, a prepared statement. */
const COM_QUERY = 0x03;
const COM_STMT_EXECUTE = 0x17;
const HEADER_BYTES = 4;

/**
 * @param target MySQL refuses a login that it has not seen since its start or the last change of its password when one
 *   side speaks TCP and the other a Unix socket, as here: `cpemon_admin` has been seen
 */
export async function startFaultProxy(target: DatabaseAddress): Promise<FaultProxy> {
  const links = new Set<Link>();
  let mode: Mode = 'pass';
  let delayMs = 0;
  let lost: (() => void) | undefined;

  const proxy = createServer((client) => {
    const server = target.socket === undefined ? connect(target.port, target.host) : connect(target.socket);
    const link: Link = { mode, doomed: false, client, server };
    links.add(link);
    client.on('data', (bytes) => {
      if (link.mode === 'freeze') return;
      if (lost !== undefined && endsTransaction(bytes)) {
        link.doomed = true;
        const done = lost;
        lost = undefined;
        server.once('data', done);
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (link.doomed) {
        client.destroy();
        server.destroy();
      } else if (link.mode !== 'pass') return;
      else if (delayMs === 0) client.write(bytes);
      else setTimeout(() => client.write(bytes), delayMs);
    });
    const end = (): void => {
      if (link.mode !== 'pass' && !client.destroyed) return;
      links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('close', end).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));

  const setMode = (next: Mode): void => {
    mode = next;
    for (const link of links) link.mode = next;
  };
  const cut = (): void => {
    for (const { client, server } of links) {
      client.destroy();
      server.destroy();
    }
    links.clear();
  };

  const { socket: _bypass, ...overTcp } = target;
  return {
    address: { ...overTcp, host: '127.0.0.1', port: (proxy.address() as AddressInfo).port },
    freeze: () => setMode('freeze'),
    loseAnswers: () => setMode('lose-answers'),
    loseNextCommitAnswer: () => new Promise((resolve) => (lost = resolve)),
    delayAnswers: (ms) => {
      delayMs = ms;
    },
    heal: () => {
      mode = 'pass';
      delayMs = 0;
      lost = undefined;
    },
    cut,
    close: () => {
      cut();
      return new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}

function endsTransaction(bytes: Buffer): boolean {
  const command = bytes[HEADER_BYTES];
  if (command === COM_STMT_EXECUTE) return true;
  return command === COM_QUERY && bytes.toString('latin1', HEADER_BYTES + 1, HEADER_BYTES + 7) === 'COMMIT';
}
