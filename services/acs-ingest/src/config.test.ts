import { ConfigError } from '@cpemon/service-kit';
import { readConfig } from './config.js';

const BASE = { DATABASE_URL: 'mysql://ingest:p@127.0.0.1:13306/cpemon' };

test('signatures are required unless "none" is written out', () => {
  expect(() => readConfig(BASE)).toThrow(new ConfigError(['WEBHOOK_SECRETS is required']));
  expect(readConfig({ ...BASE, WEBHOOK_AUTH: 'none' }).webhookSecrets).toBe('none');
  expect(readConfig({ ...BASE, WEBHOOK_SECRETS: 'old, new' }).webhookSecrets).toEqual(['old', 'new']);
});

test('what is not set has its documented default', () => {
  const config = readConfig({ ...BASE, WEBHOOK_SECRETS: 's' });
  expect(config).toMatchObject({
    ...{ listenHost: '127.0.0.1', port: 8081, operationsPort: 9102, appendTimeoutMs: 8000 },
    instanceId: expect.stringMatching(/^acs-ingest-.{1,39}$/),
  });
});
