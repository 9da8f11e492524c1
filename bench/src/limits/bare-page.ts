import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = `<!doctype html><title>bare</title><body><p id="devices"></p><script>
fetch('/fleet').then((answer) => answer.json()).then(({ devices }) => {
  document.getElementById('devices').textContent = devices;
});
</script>`;

/** The other half of page-paint: a page that asks once and writes one number. */
export async function startBarePage(): Promise<{ url: string; isThere: string; stop(): void }> {
  const server = createServer(({ url }, response) => {
    const isPage = url === '/';
    response.setHeader('Content-Type', isPage ? 'text/html' : 'application/json');
    response.end(isPage ? PAGE : '{"devices":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    isThere: "document.getElementById('devices')?.textContent === '1'",
    stop: () => void server.close(),
  };
}
