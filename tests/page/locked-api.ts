import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import type { RunningStack } from '../support/running-stack.js';

const PROGRAM = join(__dirname, '../../services/cpemon-api/dist/main.js');

/** One more cpemon-api on the stack's database, which shows nothing to those it does not know; `npm start` shows all. */
export async function startLockedApi(
  stack: RunningStack,
): Promise<{ url: string; viewerToken: string; stop(): Promise<void> }> {
  const port = 28_000 + Math.floor(Math.random() * 3000);
  const { database } = stack.file();
  const viewerToken = 'a-viewer-of-the-tests';
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      DATABASE_URL: database.url,
      ...{ LISTEN_HOST: '127.0.0.1', PORT: String(port), OPS_PORT: String(port + 1), LOG_LEVEL: 'fatal' },
      ...{ INGEST_TOKENS: 'nobody-sends-here', VIEWER_TOKENS: viewerToken, SESSION_COOKIE_SECURE: 'false' },
      SESSION_SECRETS: 'a-secret-of-the-tests-of-the-page',
    },
    stdio: 'ignore',
  });
  const gone = once(child, 'exit');
  await eventually(
    'the API is ready',
    async () => (await fetch(`http://127.0.0.1:${port + 1}/readyz`)).ok,
    30_000,
  );
  return {
    url: `http://127.0.0.1:${port}`,
    viewerToken,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
