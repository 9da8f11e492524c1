import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A proxy that knows nothing of sessions. */
export interface RoundRobin {
  url: string;
  /** Requests that each got, in the order of the targets. */
  counts: readonly number[];
  /** Breaks all connections, as a proxy does that is loaded anew. */
  breakAll(): void;
  stop(): Promise<void>;
}

/** Hands each request to the next of some servers, whoever sent it. */
export async function startRoundRobin(targets: readonly string[]): Promise<RoundRobin> {
  const counts = targets.map(() => 0);
  const sockets = new Set<Socket>();
  let turn = 0;
  const server: Server = createServer((asked, answer) => {
    const at = turn % targets.length;
    turn += 1;
    counts[at]! += 1;
    const { method, headers, url } = asked;
    const onward = request(new URL(url ?? '/', targets[at]), { method, headers, agent: false }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
      found.on('error', () => answer.destroy());
    });
    onward.on('error', () => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
    });
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    breakAll() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
