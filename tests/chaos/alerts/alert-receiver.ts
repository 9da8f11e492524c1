import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRandom } from '../random.js';

/** A message as it arrived, whether or not its sender learnt of it. */
export interface Delivery {
  id: string;
  body: string;
  /** Whether its signature is the one that its secret makes. */
  signed: boolean;
  /** False for one that was refused. */
  taken: boolean;
}

/** Takes the messages of alerts as a receiver out there does: sometimes it fails, or takes one and its answer is lost. */
export interface AlertReceiver {
  url: string;
  secret: string;
  /** In the order in which they arrived. */
  deliveries: readonly Delivery[];
  stop(): Promise<void>;
}

const SECRET = 'no secret: it signs the alerts of a run of the checker';
/** Shares of the messages. */
const REFUSED = 0.03;
const UNANSWERED = 0.02;

export async function startAlertReceiver(seed: number): Promise<AlertReceiver> {
  const random = createRandom(seed, 'alert-receiver');
  const deliveries: Delivery[] = [];
  /** @returns whether the message is taken */
  const answer = (response: ServerResponse): boolean => {
    const draw = random();
    if (draw < REFUSED) response.writeHead(503).end();
    else if (draw < REFUSED + UNANSWERED) response.destroy();
    else response.writeHead(204).end();
    return draw >= REFUSED;
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('error', () => undefined);
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
      const proof = createHmac('sha256', SECRET)
        .update(`${String(id)}.${String(at)}.${body}`)
        .digest('base64');
      const taken = answer(response);
      deliveries.push({ id: String(id), body, signed: signature === `v1,${proof}`, taken });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    secret: SECRET,
    deliveries,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
