import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  /** As it came, names in lower case; of several of one name all of them. */
  headers: Record<string, string[]>;
  body: string;
}

/** A TCP connection that sends what it is told, byte for byte. */
export interface RawConnection {
  /** One request at a time. @param head request line and headers, without the empty line */
  send(head: readonly string[], body?: string): Promise<RawAnswer>;
  close(): void;
}

const ANSWER_WITHIN_MS = 10_000;

export function openRawConnection(url: string): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return {
    async send(head, body = '') {
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
      return readAnswer(socket);
    },
    close: () => socket.destroy(),
  };
}

/** Reads an answer with a Content-Length, as the plain clients among CPEs do: without one there is no body. */
function readAnswer(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let received = '';
    const settle = (done: () => void): void => {
      clearTimeout(late);
      socket.off('data', take).off('close', gone);
      done();
    };
    const gone = (): void => settle(() => reject(new Error(`closed after ${JSON.stringify(received)}`)));
    const late = setTimeout(() => settle(() => reject(new Error('no answer'))), ANSWER_WITHIN_MS);
    const take = (chunk: Buffer): void => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n');
      const headers: Record<string, string[]> = {};
      for (const line of lines) {
        const at = line.indexOf(':');
        (headers[line.slice(0, at).toLowerCase()] ??= []).push(line.slice(at + 1).trim());
      }
      const length = Number(headers['content-length']?.[0] ?? 0);
      const body = received.slice(end + 4);
      if (body.length < length) return;
      settle(() => resolve({ status: Number(statusLine.split(' ')[1]), headers, body }));
    };
    socket.on('data', take).on('close', gone);
  });
}
