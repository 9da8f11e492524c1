import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const INFORM_RESPONSE =
  '<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">' +
  '<soap-env:Header><cwmp:ID soap-env:mustUnderstand="1">1</cwmp:ID></soap-env:Header><soap-env:Body>' +
  '<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse></soap-env:Body></soap-env:Envelope>';
const COOKIE = 'session=null-sink; Path=/; HttpOnly';

/** Takes everything and keeps nothing: what the simulator can do by itself is measured against it. */
export async function startNullSink(port: number): Promise<{ url: string; requests(): number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const isSession = request.url?.startsWith('/cwmp') ?? false;
    const isEmpty = request.headers['content-length'] === '0';
    request.resume();
    request.on('end', () => {
      if (!isSession)
        response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"queued"}');
      else if (isEmpty) response.writeHead(204).end();
      else {
        const headers = { 'content-type': 'text/xml', 'set-cookie': COOKIE };
        response
          .writeHead(200, { ...headers, 'content-length': INFORM_RESPONSE.length })
          .end(INFORM_RESPONSE);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests };
}
