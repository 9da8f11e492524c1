import { chmodSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage } from 'node:http';

/** What the supervisor does for `npm run cpemon`. */
export interface ControlActions {
  /** Resolves when the change is done. @throws Error with a sentence */
  scale(service: string, replicas: number): Promise<unknown>;
  status(): unknown;
}

/** Takes requests on a Unix socket that only this user can open: POST /scale {service, replicas}, GET /status. */
export async function startControlServer(
  socket: string,
  actions: ControlActions,
): Promise<{ close(): Promise<void> }> {
  rmSync(socket, { force: true });
  const server = createServer((incoming, outgoing) => {
    answer(incoming, actions).then(
      (body) => outgoing.writeHead(200).end(JSON.stringify(body)),
      (error: Error) => outgoing.writeHead(400).end(JSON.stringify({ error: error.message })),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(incoming: IncomingMessage, actions: ControlActions): Promise<unknown> {
  let text = '';
  for await (const part of incoming) text += String(part);
  if (incoming.method === 'GET' && incoming.url === '/status') return actions.status();
  if (incoming.method === 'POST' && incoming.url === '/scale') {
    const { service, replicas } = JSON.parse(text) as { service: string; replicas: number };
    return actions.scale(service, replicas);
  }
  throw new Error(`unknown request ${incoming.method} ${incoming.url}`);
}

/** The other end. @throws Error with the supervisor's sentence, or the connection's error */
export function askSupervisor<T>(
  socket: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: socket, method, path }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('error', reject);
      response.on('end', () => {
        const answered = JSON.parse(text) as T & { error?: string };
        if (response.statusCode === 200) resolve(answered);
        else reject(new Error(answered.error));
      });
    });
    asking.on('error', reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
