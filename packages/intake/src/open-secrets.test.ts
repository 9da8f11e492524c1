import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createRegistry } from '@cpemon/service-kit';
import { openSecrets } from './open-secrets.js';

const logger = createLogger({ service: 'test', level: 'silent' });

test('what is live, and whether the file is good, is in the metrics', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-secrets-'));
  const secretsFile = join(folder, 'secrets');
  writeFileSync(secretsFile, 'b\nc\n');
  const registry = createRegistry({ service: 'test', version: 'test' });
  const secrets = await openSecrets({ secrets: ['a'], secretsFile }, registry, logger);
  expect(secrets.live()).toHaveLength(3);
  const metrics = await registry.metrics();
  expect(metrics).toMatch(/^cpemon_ingest_live_secrets 3$/m);
  expect(metrics).toMatch(/^cpemon_ingest_secrets_file_good 1$/m);
  secrets.stop();
  rmSync(folder, { recursive: true });
});

test('without a file there is no gauge of one', async () => {
  const registry = createRegistry({ service: 'test', version: 'test' });
  await openSecrets({ secrets: ['a'], secretsFile: undefined }, registry, logger);
  const metrics = await registry.metrics();
  expect(metrics).toMatch(/^cpemon_ingest_live_secrets 1$/m);
  expect(metrics).not.toContain('secrets_file_good');
});
