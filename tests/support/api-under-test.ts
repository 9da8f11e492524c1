import { formatDatabaseUrl } from '@cpemon/database';
import { createLogger } from '@cpemon/service-kit';
import { readConfig, startCpemonApi } from '../../services/cpemon-api/src/index.js';
import { eventually } from './eventually.js';
import type { TestDatabase } from './test-database.js';

export interface ApiUnderTest {
  url: string;
  /** Bearer of an operator, a viewer and support. */
  headers: Record<'operator' | 'viewer' | 'support', Record<string, string>>;
  stop(): Promise<void>;
}

/** A cpemon-api as it runs in production, on a database of the test's own. @param env more variables, or others */
export async function startApi(
  database: TestDatabase,
  env: Record<string, string> = {},
): Promise<ApiUnderTest> {
  const port = 20_000 + Math.floor(Math.random() * 11_000);
  const config = readConfig({
    DATABASE_URL: formatDatabaseUrl(await database.login('api')),
    ...{ LISTEN_HOST: '127.0.0.1', PORT: String(port), OPS_PORT: String(port + 1) },
    ...{ INGEST_TOKENS: 'ingest-token', VIEWER_TOKENS: 'viewer-token' },
    ...{ OPERATOR_TOKENS: 'olga:operator-token', SUPPORT_TOKENS: 'sam:support-token' },
    ...{ SESSION_SECRETS: 'a secret of this test', SESSION_COOKIE_SECURE: 'false', READING_THREAD: 'false' },
    ...env,
  });
  const logger = createLogger({ service: 'cpemon-api', level: 'silent' });
  const service = await startCpemonApi(config, { logger, signal: new AbortController().signal });
  const ready = `http://127.0.0.1:${port + 1}/readyz`;
  await eventually('the API is ready', async () => (await fetch(ready)).ok);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  return {
    url: `http://127.0.0.1:${port}`,
    headers: {
      operator: bearer('operator-token'),
      viewer: bearer('viewer-token'),
      support: bearer('support-token'),
    },
    stop: () => service.stop(),
  };
}
