import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { formatProblem } from './problem.js';

interface ClientErrorAnswer {
  status: number;
  code: string;
  detail: string;
}

/** What a request gets that Node's parser gave up on before there was a response object. */
const ANSWERS: Record<string, ClientErrorAnswer> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    detail: 'The request headers are too large.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'chunk_extensions_too_large',
    detail: 'The chunk extensions are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request did not arrive within the time allowed.',
  },
};
const MALFORMED: ClientErrorAnswer = {
  status: 400,
  code: 'malformed_request',
  detail: 'This is not a valid HTTP/1.1 request.',
};

/** Answers a broken request on its bare socket with a problem and hangs up. Never throws. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = ANSWERS[error.code ?? ''] ?? MALFORMED;
  const body = formatProblem(answer);
  socket.on('error', () => undefined);
  socket.end(
    [
      `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  // A sender that goes on sending without reading must not hold the socket open.
  setTimeout(() => socket.destroy(), 1000).unref();
}
