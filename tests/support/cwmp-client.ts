import { createHash } from 'node:crypto';
import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

export interface CwmpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A CPE as far as HTTP goes: one connection, a cookie jar, credentials. Each habit can be taken away. */
export interface CwmpClient {
  /** Answers the challenge of a 401 once. @param headers over the usual ones */
  post(body: string | Buffer, headers?: OutgoingHttpHeaders): Promise<CwmpAnswer>;
  /** Goes on, over a new connection. */
  reconnect(): void;
  /** The cookie that will be sent. */
  cookie(): string | undefined;
  setCookie(cookie: string | undefined): void;
  close(): void;
}

export interface CwmpClientOptions {
  /** Of the ACS, or where the next request goes. */
  url: string | (() => string);
  user?: string;
  password?: string;
  scheme?: 'basic' | 'digest';
  /** false: forgets every cookie. */
  keepsCookies?: boolean;
}

const ANSWERED_WITHIN_MS = 15_000;

export function createCwmpClient(options: CwmpClientOptions): CwmpClient {
  const { user, password = '', scheme = 'digest', keepsCookies = true } = options;
  let agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let cookie: string | undefined;
  let nonce: string | undefined;
  let count = 0;

  const authorization = (path: string): string | undefined => {
    if (user === undefined) return undefined;
    if (scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    if (nonce === undefined) return undefined;
    const nc = (count += 1).toString(16).padStart(8, '0');
    const ha1 = md5(`${user}:cpemon:${password}`);
    const response = md5(`${ha1}:${nonce}:${nc}:c0ffee:auth:${md5(`POST:${path}`)}`);
    return (
      `Digest username="${user}", realm="cpemon", nonce="${nonce}", uri="${path}", qop=auth, nc=${nc}, ` +
      `cnonce="c0ffee", response="${response}", algorithm=MD5`
    );
  };
  const send = (body: string | Buffer, headers: OutgoingHttpHeaders): Promise<CwmpAnswer> =>
    new Promise((resolve, reject) => {
      const url = new URL(typeof options.url === 'string' ? options.url : options.url());
      const shown = authorization(url.pathname);
      const outgoing = request(
        url,
        {
          ...{ method: 'POST', agent, timeout: ANSWERED_WITHIN_MS },
          headers: {
            ...(body.length === 0 ? {} : { 'content-type': 'text/xml; charset=utf-8', soapaction: '' }),
            ...('transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) }),
            ...(cookie === undefined ? {} : { cookie }),
            ...(shown === undefined ? {} : { authorization: shown }),
            ...headers,
          },
        },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (part: string) => (text += part));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  return {
    async post(body, headers = {}) {
      let answer = await send(body, headers);
      const challenge = String(answer.headers['www-authenticate'] ?? '');
      if (answer.status === 401 && user !== undefined && scheme === 'digest') {
        nonce = /Digest [^]*?nonce="([^"]+)"/.exec(challenge)?.[1];
        count = 0;
        answer = await send(body, headers);
      }
      const [set] = answer.headers['set-cookie'] ?? [];
      if (keepsCookies && set !== undefined) cookie = set.split(';')[0];
      return answer;
    },
    reconnect() {
      agent.destroy();
      agent = new Agent({ keepAlive: true, maxSockets: 1 });
    },
    cookie: () => cookie,
    setCookie(value) {
      cookie = value;
    },
    close: () => agent.destroy(),
  };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
