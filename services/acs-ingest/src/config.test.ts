import { ConfigError } from '@cpemon/service-kit';
import { readConfig } from './config.js';

const BASE = { DATABASE_URL: 'mysql://ingest:p@127.0.0.1:13306/cpemon' };

test('signatures are required unless "none" is written out', () => {
  expect(() => readConfig(BASE)).toThrow(new ConfigError(['WEBHOOK_SECRETS is required']));
  expect(readConfig({ ...BASE, WEBHOOK_AUTH: 'none' }).webhook).toMatchObject({ auth: 'none', secrets: [] });
  expect(readConfig({ ...BASE, WEBHOOK_SECRETS: 'old, new' }).webhook).toEqual({
    ...{ auth: 'signature', secrets: ['old', 'new'], secretsFile: undefined, toleranceSeconds: 300 },
  });
  expect(readConfig({ ...BASE, WEBHOOK_SECRETS_FILE: '/run/secrets/webhook' }).webhook).toMatchObject({
    ...{ secrets: [], secretsFile: '/run/secrets/webhook' },
  });
});

test('a secret that cannot be one is told at the start, without showing it', () => {
  const problem = 'WEBHOOK_SECRETS has a whsec_ secret that is not base64 (it is [secret])';
  expect(() => readConfig({ ...BASE, WEBHOOK_SECRETS: 'whsec_not base64' })).toThrow(
    new ConfigError([problem]),
  );
});

test('the mirror is off unless its tokens, or that it asks for none, are written out', () => {
  const mirrorTokens = (tokens: Record<string, string>) =>
    readConfig({ ...BASE, WEBHOOK_SECRETS: 's', ...tokens }).mirrorTokens;
  expect(mirrorTokens({})).toEqual([]);
  expect(mirrorTokens({ MIRROR_TOKENS: 'old, new' })).toEqual(['old', 'new']);
  expect(mirrorTokens({ MIRROR_TOKENS: 'none' })).toBe('none');
});

test('what is not set has its documented default', () => {
  const config = readConfig({ ...BASE, WEBHOOK_SECRETS: 's' });
  expect(config).toMatchObject({
    ...{ listenHost: '127.0.0.1', port: 8081, operationsPort: 9102, appendTimeoutMs: 8000 },
    instanceId: expect.stringMatching(/^acs-ingest-.{1,39}$/),
  });
});
