import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { authorizationFor, readChallenge, type Challenge, type Credentials } from './challenge.js';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One sender: a connection that is kept, the cookies it was given, and the challenge it answers. */
export interface Connection {
  post(body: Buffer, headers: Record<string, string>): Promise<Answer>;
  close(): void;
}

/** A CPE waits at least 30 s for an answer (TR-069 Amendment 6, 3.7.1.4). */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Posts to one address as a device does: the next request goes out once the last is answered; a challenge is answered
 * on the same connection, and from then on in advance.
 * @param credentials for challenges; without them a 401 is the answer
 * @param onChallenge is told of each challenge that is answered
 */
export function openConnection(
  url: URL,
  credentials: Credentials | undefined,
  onChallenge: (scheme: Challenge['scheme']) => void = () => undefined,
): Connection {
  const isTls = url.protocol === 'https:';
  const agent = isTls
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1 })
    : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  const uri = url.pathname + url.search;
  const cookies = new Map<string, string>();
  let challenge: Challenge | undefined;

  const once = (body: Buffer, headers: Record<string, string>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const request = (isTls ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent,
        timeout: ANSWER_WITHIN_MS,
        headers: {
          'Content-Length': String(body.length),
          ...headers,
          ...(cookie === '' ? {} : { Cookie: cookie }),
          ...(challenge === undefined || credentials === undefined
            ? {}
            : { Authorization: authorizationFor(challenge, credentials, { method: 'POST', uri }) }),
        },
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          for (const each of response.headers['set-cookie'] ?? []) {
            const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(each) ?? [];
            if (name !== undefined) cookies.set(name, value ?? '');
          }
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      request.on('timeout', () =>
        request.destroy(new Error(`No answer within ${ANSWER_WITHIN_MS / 1000} s`)),
      );
      request.on('error', reject);
      request.end(body);
    });

  return {
    async post(body, headers) {
      const answer = await once(body, headers).catch((error: Error) => {
        throw new Error(`${url.origin} does not answer: ${error.message}`, { cause: error });
      });
      if (answer.status !== 401 || credentials === undefined) return answer;
      const asked = readChallenge(answer.headers['www-authenticate']);
      if (asked === undefined) return answer;
      challenge = asked;
      onChallenge(asked.scheme);
      return once(body, headers);
    },
    close: () => agent.destroy(),
  };
}
