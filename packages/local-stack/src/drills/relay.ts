import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address in front of several servers, as a virtual IP, a proxy or a Service of Kubernetes is. */
export interface Relay {
  port: number;
  /** Links from now on lead there; those that are open are cut. */
  leadTo(port: number): void;
  /** Cuts every link. */
  cut(): void;
  close(): Promise<void>;
}

/** @param delayMs how much later everything arrives, each way */
export async function startRelay(targetPort: number, delayMs = 0): Promise<Relay> {
  const sockets = new Set<Socket>();
  let target = targetPort;
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (bytes) => {
      if (delayMs === 0) to.write(bytes);
      else setTimeout(() => to.write(bytes), delayMs);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay());
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(port) {
      target = port;
      cut();
    },
    cut,
    close: () => {
      cut();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}
