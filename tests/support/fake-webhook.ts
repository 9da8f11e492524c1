import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPost {
  headers: IncomingHttpHeaders;
  body: string;
  /** Whether X-Cpemon-Signature is that of the body. */
  signed: boolean;
}

/** Something that takes webhooks as acs-ingest does, or as a test wants it to. */
export interface FakeWebhook {
  url: string;
  secret: string;
  /** How many were made. */
  connections: number;
  /** Every post, also those that were not answered 202. */
  posts: ReceivedPost[];
  /** Elements of the bodies that were answered 202. */
  taken: Record<string, unknown>[];
  /** Decides what is answered; undefined for 202, 'hang' for nothing. */
  answer?: (
    post: ReceivedPost,
  ) => { status: number; body?: object; headers?: Record<string, string> } | 'hang' | undefined;
  close(): Promise<void>;
}

export async function startFakeWebhook(secret = 'a-webhook-secret', port = 0): Promise<FakeWebhook> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const expected = createHmac('sha256', webhook.secret).update(bytes).digest('hex');
      const post: ReceivedPost = {
        headers: request.headers,
        body: bytes.toString(),
        signed: request.headers['x-cpemon-signature'] === expected,
      };
      webhook.posts.push(post);
      const decided = webhook.answer?.(post);
      if (decided === 'hang') return;
      const { status, body = {}, headers = {} } = decided ?? { status: 202 };
      if (status === 202) {
        const value = JSON.parse(post.body) as Record<string, unknown> | Record<string, unknown>[];
        webhook.taken.push(...(Array.isArray(value) ? value : [value]));
      }
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  server.on('connection', () => (webhook.connections += 1));
  const webhook: FakeWebhook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
    connections: 0,
    posts: [],
    taken: [],
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return webhook;
}
