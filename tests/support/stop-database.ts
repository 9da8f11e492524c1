import { rmSync } from 'node:fs';
import './start-database';

export default async function stopDatabase(): Promise<void> {
  const running = globalThis.cpemonTestServer;
  if (running === undefined) return;
  await running.database.stop(0);
  rmSync(running.folder, { recursive: true, force: true });
}
