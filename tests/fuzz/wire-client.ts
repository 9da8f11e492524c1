import { connect, type Socket } from 'node:net';

export interface WireAnswer {
  status: number;
  /** By lower-case name; of several the last. */
  headers: Record<string, string>;
  body: Buffer;
}

/** One keep-alive connection that sends a request at a time; it connects again when the server has closed. */
export interface WireClient {
  /** @throws Error when no whole answer comes within `ANSWER_WITHIN_MS` */
  post(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<WireAnswer>;
  close(): void;
}

const ANSWER_WITHIN_MS = 10_000;
const HEAD_END = '\r\n\r\n';

/** Speaks HTTP by hand, as headers and bodies are to go out exactly as they were made. */
export function createWireClient(host: string, port: number): WireClient {
  let socket: Socket | undefined;

  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const opening = connect({ host, port, noDelay: true }, () => {
        opening.off('error', reject);
        opening.on('error', () => undefined);
        resolve(opening);
      });
      opening.once('error', reject);
      opening.once('close', () => {
        if (socket === opening) socket = undefined;
      });
    });

  return {
    async post(path, headers, body) {
      socket ??= await open();
      const lines = [`POST ${path} HTTP/1.1`, `Host: ${host}`, `Content-Length: ${body.length}`];
      for (const name of Object.keys(headers)) lines.push(`${name}: ${headers[name]}`);
      const used = socket;
      const answer = readAnswer(used);
      used.write(Buffer.concat([Buffer.from(lines.join('\r\n') + HEAD_END, 'latin1'), body]));
      const { close, ...read } = await answer;
      if (close) {
        used.destroy();
        if (socket === used) socket = undefined;
      }
      return read;
    },
    close() {
      socket?.destroy();
    },
  };
}

function readAnswer(socket: Socket): Promise<WireAnswer & { close: boolean }> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => settle(() => reject(new Error('no answer'))), ANSWER_WITHIN_MS);
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
      how();
    };
    const onClose = (): void =>
      settle(() => reject(new Error('the connection was closed without an answer')));
    const onData = (chunk: Buffer): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = parseAnswer(received);
      if (answer !== undefined) settle(() => resolve(answer));
    };
    socket.on('data', onData).on('close', onClose);
  });
}

function parseAnswer(received: Buffer): (WireAnswer & { close: boolean }) | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, headEnd).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const status = Number(statusLine.split(' ')[1]);
  const length = status === 204 ? 0 : Number(headers['content-length'] ?? 0);
  const bodyFrom = headEnd + HEAD_END.length;
  if (received.length < bodyFrom + length) return undefined;
  const body = received.subarray(bodyFrom, bodyFrom + length);
  return { status, headers, body, close: headers.connection?.toLowerCase() === 'close' };
}
