import type { Place } from './place.js';
import { createProductApi } from './product-api.js';
import { runProgram } from './run-program.js';

const SCALE_WITHIN_MS = 60_000;

/** The stack that `docker compose up` runs from this repository; it stays up when the demo is over. */
export async function openComposePlace(repository: string): Promise<Place> {
  const compose = (...args: string[]): Promise<string> =>
    runProgram('docker', ['compose', ...args], { cwd: repository, timeoutMs: SCALE_WITHIN_MS });
  const running = async (): Promise<number> =>
    (await compose('ps', '--quiet', '--status', 'running', 'cpemon-writer'))
      .split('\n')
      .filter((line) => line !== '').length;
  const writers = await running();
  if (writers === 0) throw new Error('No cpemon-writer is running: docker compose up --build --wait');
  const scaleWriters = async (replicas: number): Promise<void> => {
    await compose('up', '--detach', '--no-recreate', '--scale', `cpemon-writer=${replicas}`, 'cpemon-writer');
  };
  // The ports that compose.yaml publishes on this machine; there anyone may read.
  const page = 'http://127.0.0.1:8080';
  const api = createProductApi(() => ({ apiUrl: page, simulatorUrl: 'http://127.0.0.1:8083' }));
  return {
    ...api,
    ...{ page: `${page}/`, writers, scaleWriters },
    killDatabase: async () =>
      void (await compose('kill', '--signal', 'KILL', 'mysql').then(() => compose('start', 'mysql'))),
    async close() {
      if ((await running()) !== writers) await scaleWriters(writers);
    },
  };
}
