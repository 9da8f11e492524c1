import { Agent, request } from 'node:http';

/** How a request ended for its sender. */
export type PostResult =
  | { outcome: 'acknowledged' }
  /** Asked to wait so long, or cut off: the events may be in the log or not. */
  | { outcome: 'in doubt'; retryAfterMs: number; why: string }
  | { outcome: 'refused'; status: number; text: string };

/** Longer than an ingest process takes to answer 503. */
const TIMEOUT_MS = 5500;
const LONGEST_WAIT_MS = 1500;

const agent = new Agent({ keepAlive: true, maxSockets: 200 });

export function post(url: string, headers: Record<string, string>, body: string): Promise<PostResult> {
  return new Promise((resolve) => {
    const inDoubt = (why: string, retryAfterMs = 200): void =>
      resolve({ outcome: 'in doubt', retryAfterMs, why });
    const sent = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('error', (error) => inDoubt(error.message));
        response.on('end', () => {
          clearTimeout(late);
          const status = response.statusCode ?? 0;
          if (!response.complete) inDoubt('the answer broke off');
          else if (status === 202) resolve(judge(text));
          else if (status >= 500) {
            const seconds = Number(response.headers['retry-after'] ?? 0.2);
            inDoubt(`status ${status}`, Math.min(seconds * 1000, LONGEST_WAIT_MS));
          } else resolve({ outcome: 'refused', status, text });
        });
      },
    );
    const late = setTimeout(() => sent.destroy(new Error('no answer in time')), TIMEOUT_MS);
    sent.on('error', (error) => {
      clearTimeout(late);
      inDoubt(error.message);
    });
    sent.end(body);
  });
}

/** A body of several events may be taken in part. */
function judge(text: string): PostResult {
  const { rejected } = JSON.parse(text) as { rejected?: unknown[] };
  return rejected === undefined || rejected.length === 0
    ? { outcome: 'acknowledged' }
    : { outcome: 'refused', status: 202, text };
}

export function closeConnections(): void {
  agent.destroy();
}
