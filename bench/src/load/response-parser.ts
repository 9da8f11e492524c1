/** Reads the answers of one keep-alive connection: just enough HTTP/1.1 to count status codes and find the bodies. */
export interface ResponseParser {
  /** Takes what the socket delivered. The bytes may be reused afterwards. */
  push(chunk: Buffer): void;
}

/** A body and where the bytes after it begin. */
interface FoundBody {
  body: Buffer;
  end: number;
}

const LINE_END = '\r\n';
const HEAD_END = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);
const MAX_HEAD_BYTES = 16_384;

/**
 * @param onResponse called for each complete answer; `body` is valid during the call only, `head` is status line and
 *   headers
 * @throws Error from `push` on anything but HTTP/1.1 answers whose end can be told from their headers
 */
export function createResponseParser(
  onResponse: (status: number, body: Buffer, head: string) => void,
): ResponseParser {
  let unread: Buffer = EMPTY;
  return {
    push(chunk) {
      let bytes = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      while (bytes.length > 0) {
        const headEnd = bytes.indexOf(HEAD_END);
        if (headEnd === -1) {
          if (bytes.length > MAX_HEAD_BYTES) throw new Error('an answer has no end to its headers');
          break;
        }
        const head = bytes.toString('latin1', 0, headEnd);
        const status = statusOf(head);
        const found = findBody(head, status, bytes, headEnd + HEAD_END.length);
        if (found === null) break;
        onResponse(status, found.body, head);
        bytes = bytes.subarray(found.end);
      }
      unread = bytes.length === 0 ? EMPTY : Buffer.from(bytes);
    },
  };
}

function statusOf(head: string): number {
  const status = Number(head.slice(9, 12));
  if (!head.startsWith('HTTP/1.1 ') || !(status >= 200 && status <= 599)) {
    throw new Error(`not an HTTP/1.1 answer: ${head.slice(0, 40)}`);
  }
  return status;
}

/** Null when more bytes must come first. */
function findBody(head: string, status: number, bytes: Buffer, at: number): FoundBody | null {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length !== null) {
    const end = at + Number(length[1]);
    return bytes.length < end ? null : { body: bytes.subarray(at, end), end };
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return joinChunks(bytes, at);
  if (status === 204 || status === 304) return { body: EMPTY, end: at };
  throw new Error(`an answer whose end cannot be told: ${head.slice(0, 200)}`);
}

/** RFC 9112, 7.1, without trailer fields: size in hex, data, …, a chunk of size 0. */
function joinChunks(bytes: Buffer, at: number): FoundBody | null {
  const chunks: Buffer[] = [];
  for (;;) {
    const sizeEnd = bytes.indexOf(LINE_END, at, 'latin1');
    if (sizeEnd === -1) return null;
    const size = parseInt(bytes.toString('latin1', at, sizeEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk without a size');
    const dataAt = sizeEnd + LINE_END.length;
    const end = dataAt + size + LINE_END.length;
    if (bytes.length < end) return null;
    if (size === 0) return { body: Buffer.concat(chunks), end };
    chunks.push(bytes.subarray(dataAt, dataAt + size));
    at = end;
  }
}
