import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { DatabaseAddress } from '@cpemon/database';

/** A TCP proxy in front of the database that can lose what passes through it. */
export interface FaultProxy {
  /** The database as reached through the proxy. */
  address: DatabaseAddress;
  /** From now on nothing passes in either direction and nobody is told: a half-open link. */
  freeze(): void;
  /** From now on the database hears its clients, but they hear nothing. */
  loseAnswers(): void;
  /** Links made from now on work; those that were frozen stay so. */
  heal(): void;
  /** Closes every link. */
  cut(): void;
  close(): Promise<void>;
}

type Mode = 'pass' | 'lose-answers' | 'freeze';

export async function startFaultProxy(target: DatabaseAddress): Promise<FaultProxy> {
  const links = new Set<{ mode: Mode; client: Socket; server: Socket }>();
  let mode: Mode = 'pass';

  const proxy = createServer((client) => {
    const server = target.socket === undefined ? connect(target.port, target.host) : connect(target.socket);
    const link = { mode, client, server };
    links.add(link);
    client.on('data', (bytes) => {
      if (link.mode !== 'freeze') server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (link.mode === 'pass') client.write(bytes);
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
    heal: () => {
      mode = 'pass';
    },
    cut,
    close: () => {
      cut();
      return new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}
