import { createServer, type AddressInfo, type Server } from 'node:net';
import {
  databasePort,
  firstReplicaPorts,
  furtherReplicaPorts,
  isPortFree,
  requireFreePorts,
} from './port-plan.js';

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

test('every port keeps its distance from the base port', () => {
  expect(firstReplicaPorts('cpemon-api', 8080)).toEqual({ port: 8080, opsPort: 9101 });
  expect(firstReplicaPorts('cpemon-api', 18080)).toEqual({ port: 18080, opsPort: 19101 });
  expect(firstReplicaPorts('acs-ingest', 8080)).toEqual({ port: 8081, cwmpPort: 7547, opsPort: 9102 });
  expect(firstReplicaPorts('cpemon-writer', 8081)).toEqual({ opsPort: 9104 });
  expect(databasePort(8080)).toBe(13306);
  expect(databasePort(18080)).toBe(23306);
});

test('a taken port is refused in a sentence that names the port, whom it was for and the way out', async () => {
  const server = await listen(0);
  const { port } = server.address() as AddressInfo;
  try {
    expect(await isPortFree(port)).toBe(false);
    await expect(requireFreePorts([{ owner: 'acs-ingest', port }])).rejects.toThrow(
      new RegExp(`Port ${port} \\(acs-ingest\\) is taken[^]*--base-port`),
    );
  } finally {
    server.close();
  }
});

test('a further replica takes the next ports that are neither reserved nor listened on', async () => {
  const base = 41_000;
  const first = await furtherReplicaPorts('acs-ingest', base, new Set());
  const second = await furtherReplicaPorts('acs-ingest', base, new Set([first.port!, first.opsPort]));
  expect(second.port).toBeGreaterThan(first.port!);
  expect(second.opsPort).toBeGreaterThan(first.opsPort);
  const server = await listen(first.port!);
  try {
    expect((await furtherReplicaPorts('acs-ingest', base, new Set())).port).toBe(first.port! + 1);
  } finally {
    server.close();
  }
});
