import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// The other half of stream-viewers: what Node does with the same bytes when they come from nowhere.
const viewers = new Set<ServerResponse>();
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(': \n\n');
    viewers.add(response);
    response.once('close', () => viewers.delete(response));
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const text = `event: changes\ndata: ${Buffer.concat(parts).toString()}\n\n`;
    for (const viewer of viewers) viewer.write(text);
    response.end();
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send!({ port: (server.address() as AddressInfo).port });
});
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
