import express from 'express';
import type { AddressInfo } from 'node:net';

// The other half of ingest-single: what Express does with the same body when it stores nothing.
const app = express();
app.use(express.json());
app.post('/cpe/heartbeat', (_request, response) => {
  response.status(202).json({ status: 'queued' });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.send!({ port: (server.address() as AddressInfo).port });
});
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
