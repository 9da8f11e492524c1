import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { startRelay } from './relay.js';

async function answering(text: string): Promise<Server> {
  const server = createServer((socket) => void socket.on('error', () => undefined).write(text));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

test('links are cut when the address leads elsewhere, and new ones lead there', async () => {
  const [first, second] = [await answering('first'), await answering('second')];
  const relay = await startRelay(portOf(first), 1);
  const dial = async () => {
    const socket = connect(relay.port, '127.0.0.1').on('error', () => undefined);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return { socket, said: bytes.toString() };
  };
  const before = await dial();
  expect(before.said).toBe('first');
  const cut = once(before.socket, 'close');
  relay.leadTo(portOf(second));
  await cut;
  const after = await dial();
  expect(after.said).toBe('second');
  await relay.close();
  for (const server of [first, second]) server.close();
});
