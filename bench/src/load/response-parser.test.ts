import { createResponseParser } from './response-parser.js';

const answer = (status: string, body: string, extra = ''): string =>
  `HTTP/1.1 ${status}\r\n${extra}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

function parse(chunks: string[]): [number, string][] {
  const seen: [number, string][] = [];
  const parser = createResponseParser((status, body) => seen.push([status, body.toString()]));
  for (const chunk of chunks) parser.push(Buffer.from(chunk, 'latin1'));
  return seen;
}

describe('the response parser', () => {
  it('reads status and body of an answer that comes in one piece', () => {
    expect(parse([answer('202 Accepted', '{"status":"queued"}')])).toEqual([[202, '{"status":"queued"}']]);
  });

  it('reads the same answers wherever the network cuts them', () => {
    const bytes =
      answer('202 Accepted', '{"accepted":200}') + answer('503 Service Unavailable', '{"code":"full"}');
    const expected = [
      [202, '{"accepted":200}'],
      [503, '{"code":"full"}'],
    ];
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(parse([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(expected);
    }
    expect(parse(bytes.split(''))).toEqual(expected);
  });

  it('keeps an unfinished answer when the caller reuses its buffer', () => {
    const seen: number[] = [];
    const parser = createResponseParser((status) => seen.push(status));
    const bytes = Buffer.from(answer('202 Accepted', 'abc'));
    const reused = Buffer.alloc(bytes.length);
    bytes.copy(reused, 0, 0, 30);
    parser.push(reused.subarray(0, 30));
    reused.fill(0);
    bytes.copy(reused, 0, 30);
    parser.push(reused.subarray(0, bytes.length - 30));
    expect(seen).toEqual([202]);
  });

  it('finds Content-Length in any case and takes 204 without one', () => {
    expect(parse(['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'])).toEqual([[200, 'ok']]);
    expect(parse(['HTTP/1.1 204 No Content\r\n\r\n', answer('200 OK', 'x')])).toEqual([
      [204, ''],
      [200, 'x'],
    ]);
  });

  it('joins a chunked body, wherever the network cuts it', () => {
    const bytes =
      'HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n2\r\nab\r\n0\r\n\r\n';
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(parse([bytes.slice(0, cut), bytes.slice(cut) + bytes])).toEqual([
        [202, '0123456789ab'],
        [202, '0123456789ab'],
      ]);
    }
  });

  it('refuses what it cannot count', () => {
    expect(() => parse(['HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok'])).toThrow('cannot be told');
    expect(() => parse(['SSH-2.0-OpenSSH\r\n\r\n'])).toThrow('HTTP/1.1');
    expect(() => parse(['HTTP/1.1 200 OK\r\nX: ' + 'y'.repeat(20_000)])).toThrow('no end to its headers');
  });
});
