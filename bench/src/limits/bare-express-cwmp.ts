import express from 'express';
import type { AddressInfo } from 'node:net';
import { INFORM_RESPONSE, SESSION_COOKIE } from '../cwmp-load/session-requests.js';

// The other half of cwmp-session: what Express does with the same bodies when it reads none and stores nothing.
const app = express();
app.use(express.text({ type: 'text/xml' }));
app.post('/cwmp', (request, response) => {
  if (request.headers['content-length'] === '0') {
    response.status(204).end();
    return;
  }
  response.set('Content-Type', 'text/xml; charset="utf-8"');
  response.set('Set-Cookie', SESSION_COOKIE);
  response.send(INFORM_RESPONSE);
});

const server = app.listen(0, '127.0.0.1', () => {
  process.send!({ port: (server.address() as AddressInfo).port });
});
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
